import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = createSandbox({ port: 0, accessPoints: 'ports' });
  await sandbox.start();
});
afterEach(() => sandbox.stop());

const point = (name = 'api'): string => sandbox.accessPoints().find((one) => one.name === name)?.url ?? '';

async function call(path: string, query: Record<string, string> = {}, init: RequestInit = {}) {
  const url = `${point()}${path}?${new URLSearchParams(query).toString()}`;
  return fetch(url, { redirect: 'manual', ...init });
}

const json = async (response: Response): Promise<Record<string, unknown>> => {
  const answer: Record<string, unknown> = JSON.parse(await response.text());
  return answer;
};

async function accessToken(): Promise<string> {
  const { appId, appSecret } = sandbox.state.account();
  const answer = await json(
    await call('/cgi-bin/token', { grant_type: 'client_credential', appid: appId, secret: appSecret }),
  );
  return String(answer['access_token']);
}

describe('given a web application that asks who its user is', () => {
  const authorize = (scope: string) => ({
    appid: sandbox.state.account().appId,
    redirect_uri: 'http://127.0.0.1:1/back?page=2',
    response_type: 'code',
    scope,
    state: 'abc',
  });
  const exchange = (code: string) => {
    const { appId: appid, appSecret: secret } = sandbox.state.account();
    return call('/sns/oauth2/access_token', { appid, secret, code, grant_type: 'authorization_code' }).then(
      json,
    );
  };

  test('when the user consents, then code, tokens and profile follow, and the code works once', async () => {
    const consent = await (await call('/connect/oauth2/authorize', authorize('snsapi_userinfo'))).text();
    const link = /href="([^"]*)">小红/.exec(consent)?.[1]?.replaceAll('&#38;', '&') ?? '';
    const back = await fetch(new URL(link, `${point()}/connect/oauth2/authorize`), { redirect: 'manual' });
    const target = new URL(back.headers.get('location') ?? '');
    expect([target.searchParams.get('page'), target.searchParams.get('state')]).toEqual(['2', 'abc']);

    const code = target.searchParams.get('code') ?? '';
    const granted = await exchange(code);
    expect(granted).toMatchObject({
      expires_in: 7_200,
      scope: 'snsapi_userinfo',
      unionid: expect.any(String),
    });
    expect(await exchange(code)).toMatchObject({ errcode: 40163 });

    const query = { access_token: String(granted['access_token']), openid: String(granted['openid']) };
    expect(await json(await call('/sns/userinfo', query))).toMatchObject({ nickname: '小红', sex: 0 });
    expect(await json(await call('/sns/auth', query))).toMatchObject({ errcode: 0 });
    expect(await json(await call('/sns/auth', { ...query, openid: 'other' }))).toMatchObject({
      errcode: 40003,
      errmsg: expect.stringMatching(/, rid: /),
    });

    await sandbox.advance(7_201_000);
    expect(await json(await call('/sns/auth', query))).toMatchObject({ errcode: 42001 });
    const renewed = await json(
      await call('/sns/oauth2/refresh_token', {
        appid: sandbox.state.account().appId,
        grant_type: 'refresh_token',
        refresh_token: String(granted['refresh_token']),
      }),
    );
    expect(renewed).toMatchObject({ openid: granted['openid'] });
  });

  test('when the scope is silent, then there is no profile; after five minutes the code is worth nothing', async () => {
    const silent = async (): Promise<string> => {
      const back = await call('/connect/oauth2/authorize', authorize('snsapi_base'));
      return new URL(back.headers.get('location') ?? '').searchParams.get('code') ?? '';
    };
    const { access_token: token, openid, unionid } = await exchange(await silent());
    expect(unionid).toBeUndefined();
    expect(
      await json(await call('/sns/userinfo', { access_token: String(token), openid: String(openid) })),
    ).toMatchObject({ errcode: 48001 });
    const old = await silent();
    await sandbox.advance(301_000);
    expect(await exchange(old)).toMatchObject({ errcode: 42003 });
  });

  test('when the user refuses, then the application hears the state and no code', async () => {
    const consent = await (await call('/connect/oauth2/authorize', authorize('snsapi_userinfo'))).text();
    const link = /href="([^"]*)">拒绝/.exec(consent)?.[1]?.replaceAll('&#38;', '&') ?? '';
    const back = await fetch(new URL(link, `${point()}/connect/oauth2/authorize`), { redirect: 'manual' });
    expect(back.headers.get('location')).toBe('http://127.0.0.1:1/back?page=2&state=abc');
  });

  test('when a name holds markup, then the page shows it as text', async () => {
    sandbox.state.followers.add({ nickname: '<script>alert(1)</script>' });
    const page = await call('/connect/oauth2/authorize', authorize('snsapi_userinfo'));
    expect(await page.text()).not.toContain('<script>');
    expect(page.headers.get('content-security-policy')).toBe("default-src 'none'");
  });
});

describe("given WeChat's script of the JS-SDK", () => {
  const check = async (more: Record<string, string> = {}) => {
    const page = { nonceStr: 'n', timestamp: '1', url: 'http://127.0.0.1:1/?a=b' };
    const { ticket = '' } = await json(
      await call('/cgi-bin/ticket/getticket', { access_token: await accessToken(), type: 'jsapi' }),
    );
    const signed = `jsapi_ticket=${String(ticket)}&noncestr=n&timestamp=1&url=${page.url}`;
    const signature = createHash('sha1').update(signed).digest('hex');
    const { appId } = sandbox.state.account();
    return (await call('/connect/jweixin-check.js', { appId, ...page, signature, ...more })).text();
  };

  test('when a page loads it, then it knows where to ask', async () => {
    const script = await call('/connect/jweixin.js');
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect(await script.text()).toContain(`new URL("${point()}/connect/jweixin-check.js")`);
  });

  test('when a page is configured, then it hears whether its signature is right', async () => {
    expect(await check()).toBe('wx.sandboxAnswer("config:ok");');
    const wrong = 'wx.sandboxAnswer("config:invalid signature");';
    expect(await check({ url: 'http://127.0.0.1:1/' })).toBe(wrong);
    expect(await check({ signature: '' })).toBe(wrong);
    expect(await check({ appId: 'wxOther' })).toBe('wx.sandboxAnswer("config:invalid appid");');
    await sandbox.advance(7_200_000);
    const { appId } = sandbox.state.account();
    expect(await (await call('/connect/jweixin-check.js', { appId })).text()).toBe(wrong);
  });
});

describe('given media', () => {
  async function upload(type: string, bytes: Buffer, field = 'media') {
    const form = new FormData();
    form.set(field, new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'a.png');
    return json(
      await call(
        '/cgi-bin/media/upload',
        { access_token: await accessToken(), type },
        { method: 'POST', body: form },
      ),
    );
  }

  test('when a picture is uploaded, then it can be fetched for three days, byte for byte', async () => {
    const bytes = Buffer.from([137, 80, 78, 71, 0, 255]);
    const { media_id: id, type } = await upload('image', bytes);
    expect(type).toBe('image');
    const query = { access_token: await accessToken(), media_id: String(id) };
    const file = await call('/cgi-bin/media/get', query);
    expect(file.headers.get('content-disposition')).toContain('a.png');
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);

    await sandbox.advance(3 * 86_400_000);
    const late = await call('/cgi-bin/media/get', { ...query, access_token: await accessToken() });
    expect(await json(late)).toMatchObject({ errcode: 40007 });
  });

  test('when an upload is wrong, then its own errcode says how', async () => {
    expect(await upload('poem', Buffer.from('x'))).toMatchObject({ errcode: 40004 });
    expect(await upload('image', Buffer.alloc(0))).toMatchObject({ errcode: 44001 });
    expect(await upload('image', Buffer.from('x'), 'file')).toMatchObject({ errcode: 41005 });
    expect(await upload('thumb', Buffer.alloc(65_537))).toMatchObject({ errcode: 45001 });
  });
});

describe('given access points on ports of their own', () => {
  test('when a fault is set for one of them, then the others work, under the paths as well', async () => {
    sandbox.state.faults.add({ kind: 'http-status', accessPoint: 'hk', calls: -1 });
    const status = async (base: string): Promise<number> =>
      (await fetch(`${base}/cgi-bin/getcallbackip`)).status;
    expect(await status(point('hk'))).toBe(502);
    expect(await status(point('sh'))).toBe(200);
    expect(await status(`${sandbox.url()}/hk.api.weixin.qq.com`)).toBe(502);
    expect(await status(sandbox.url())).toBe(200);
  });
});
