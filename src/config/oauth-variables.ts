import { z } from 'zod';
import { anyText, baseUrl, oneOf, trimmed, wholeNumber } from './value-schemas.js';

const list = trimmed.transform((text) => text.split(',').map((part) => part.trim()));

/** An address of ours: letters that mean nothing to a router. */
const place = trimmed
  .regex(/^(?:\/[A-Za-z0-9._~-]+)+\/?$/)
  .transform((text) => text.replace(/\/$/, ''))
  .refine((text) => text !== '/healthz' && text !== '/readyz');

/** `www.example.com/shop`, or with `http://` where there is no https. */
const returnAddress = trimmed
  .min(1)
  .refine((text) => !text.includes('*'))
  .transform((text) => (/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`))
  .pipe(baseUrl);

/** A host as browsers show it, with its port where that is not the usual one. */
const siteHost = trimmed
  .refine((text) => {
    if (text === '' || /[/?#@*\\]/.test(text)) return false;
    return URL.canParse(`https://${text}`);
  })
  .transform((text) => new URL(`https://${text}`).host);

/** Variables of what the server does for web pages: web authorization (网页授权) and the JS-SDK. */
export const oauthVariables = {
  PUBLIC_URL: {
    schema: baseUrl,
    allowed: 'an http(s) URL without query and credentials',
    without: 'no web authorization',
    meaning: 'Where browsers find the public listener, such as https://www.example.com.',
  },
  OAUTH_PATH: {
    schema: place,
    allowed: 'a path such as /oauth',
    without: 'no web authorization',
    meaning: 'Path of web authorization below PUBLIC_URL. With several accounts: OAUTH_PATH/<name>.',
  },
  OAUTH_RETURN_HOSTS: {
    schema: list.pipe(z.array(returnAddress).min(1)),
    allowed: 'hosts such as www.example.com/shop or http://127.0.0.1:3000, separated by commas; no wildcards',
    without: 'no web authorization',
    meaning:
      'Where users may return to after a login: hosts, with or without a path. The first is the default.',
  },
  OAUTH_SCOPE: {
    schema: oneOf('snsapi_base', 'snsapi_userinfo'),
    allowed: 'snsapi_base or snsapi_userinfo',
    without: 'snsapi_base',
    meaning: 'What a login asks for by default: the OpenID silently, or with consent the profile too.',
  },
  OAUTH_SNAPSHOT_USERS: {
    schema: trimmed.toLowerCase().pipe(z.stringbool()),
    allowed: '1 or 0 (true or false, on or off)',
    fallback: '0',
    meaning: 'Give sessions to the stand-ins of the snapshot page mode, too, whose ids belong to nobody.',
  },
  OAUTH_SESSION_KEY: {
    schema: anyText.min(32),
    allowed: 'a random text of at least 32 characters',
    without: 'no web authorization',
    secret: true,
    meaning: 'Seals the session cookies; all processes need the same. Changing it ends all sessions.',
  },
  OAUTH_SESSION_S: {
    schema: wholeNumber(60, 31_536_000),
    allowed: 'a whole number of seconds from 60',
    fallback: '86400',
    meaning: 'How long a session lasts. Seconds.',
  },
  OAUTH_AUTHORIZE_URL: {
    schema: baseUrl,
    allowed: 'an http(s) URL without query and credentials',
    fallback: 'https://open.weixin.qq.com/connect/oauth2/authorize',
    meaning: "WeChat's page that asks the user; the sandbox has one of its own.",
  },
  JS_SDK_PATH: {
    schema: place,
    allowed: 'a path such as /js-sdk',
    without: 'no page signatures',
    meaning: 'Path of page signatures for the JS-SDK. With several accounts: JS_SDK_PATH/<name>.',
  },
  JS_SDK_HOSTS: {
    schema: list.pipe(z.array(siteHost).min(1)),
    allowed: 'hosts such as www.example.com, separated by commas; no wildcards',
    without: 'no page signatures',
    meaning: 'Hosts whose pages are signed.',
  },
} as const;
