import express, { type Express } from 'express';
import { fileURLToPath } from 'node:url';
import type { CallbackServer } from 'wechat-callback-server';

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * A site with the callback, web authorization and page signatures in it, and two pages that use them.
 *
 * In: `jweixin` is the address of the JS-SDK's script: WeChat's own, or the sandbox's stand-in.
 */
export function createSite(wechat: CallbackServer, { jweixin }: { readonly jweixin: string }): Express {
  const site = express();
  site.disable('x-powered-by');
  site.use('/wechat', wechat.callback()); // before any body parser
  site.use('/oauth', wechat.oauth().routes);
  site.use('/js-sdk', wechat.pageSignatures().routes);

  site.get('/', (_request, response) => response.sendFile(page('who.html')));
  site.get('/share', (_request, response) => response.sendFile(page('share.html')));
  site.get('/jweixin', (_request, response) => response.redirect(jweixin));

  // What the browser's cookie says about its user is known here without asking anybody.
  site.get('/hello', (request, response) => {
    const user = wechat.oauth().session(request);
    if (user === undefined) response.redirect('/oauth/login?return=/hello');
    else response.type('text/plain').send(`你好，${user.openId}\n`);
  });
  return site;
}
