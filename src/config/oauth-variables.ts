import { z } from 'zod';
import { anyText, baseUrl, oneOf, trimmed, wholeNumber } from './value-schemas.js';

const list = trimmed.transform((text) => text.split(',').map((part) => part.trim()));

/** A path of ours, without characters that have a meaning to a router. */
const place = trimmed
  .regex(/^(?:\/[A-Za-z0-9._~-]+)+\/?$/)
  .transform((text) => text.replace(/\/$/, ''))
  .refine((text) => text !== '/healthz' && text !== '/readyz');

/** `www.example.com/shop`, or with `http://` if there is no https. */
const returnAddress = trimmed
  .min(1)
  .refine((text) => !text.includes('*'))
  .transform((text) => (/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`))
  .pipe(baseUrl);

/** A host as in browsers, with its port unless it is the default. */
const siteHost = trimmed
  .refine((text) => {
    if (text === '' || /[/?#@*\\]/.test(text)) return false;
    return URL.canParse(`https://${text}`);
  })
  .transform((text) => new URL(`https://${text}`).host);

/** Variables for web pages: web authorization (网页授权) and the JS-SDK. */
export const oauthVariables = {
  PUBLIC_URL: {
    schema: baseUrl,
    allowed: {
      en: 'an http(s) URL without query or credentials',
      zh: 'http(s) URL，不带查询参数、用户名和密码',
    },
    without: 'no web authorization',
    meaning:
      'Address of the public listener for browsers, such as https://www.example.com. doctor looks for the callback there.',
  },
  OAUTH_PATH: {
    schema: place,
    allowed: { en: 'a path such as /oauth', zh: '一个路径，例如 /oauth' },
    without: 'no web authorization',
    meaning: 'Path of web authorization below PUBLIC_URL. With several accounts: OAUTH_PATH/<name>.',
  },
  OAUTH_RETURN_HOSTS: {
    schema: list.pipe(z.array(returnAddress).min(1)),
    allowed: {
      en: 'hosts such as www.example.com/shop or http://127.0.0.1:3000, separated by commas; no wildcards',
      zh: '域名，例如 www.example.com/shop 或 http://127.0.0.1:3000，用逗号分隔，不能用通配符',
    },
    without: 'no web authorization',
    meaning:
      'Where users may return to after a login: hosts, with or without a path. The first is the default.',
  },
  OAUTH_SCOPE: {
    schema: oneOf('snsapi_base', 'snsapi_userinfo'),
    allowed: { en: 'snsapi_base or snsapi_userinfo', zh: 'snsapi_base 或 snsapi_userinfo' },
    without: 'snsapi_base',
    meaning:
      'Default scope of a login: snsapi_base (the OpenID, silently) or snsapi_userinfo (also the profile, with consent).',
  },
  OAUTH_SNAPSHOT_USERS: {
    schema: trimmed.toLowerCase().pipe(z.stringbool()),
    allowed: { en: '1 or 0 (true or false, on or off)', zh: '1 或 0（也可以写 true 或 false、on 或 off）' },
    fallback: '0',
    meaning: 'Also give sessions to the virtual users of snapshot pages, whose ids belong to no real user.',
  },
  OAUTH_SESSION_KEY: {
    schema: anyText.min(32),
    allowed: { en: 'a random string of at least 32 characters', zh: '至少 32 个字符的随机文本' },
    without: 'no web authorization',
    secret: true,
    meaning: 'Encrypts the session cookies; all processes need the same one. Changing it ends all sessions.',
  },
  OAUTH_SESSION_S: {
    schema: wholeNumber(60, 31_536_000),
    allowed: { en: 'a whole number of seconds, at least 60', zh: '不小于 60 的整数，单位秒' },
    fallback: '86400',
    meaning: 'How long a session lasts. Seconds.',
  },
  OAUTH_AUTHORIZE_URL: {
    schema: baseUrl,
    allowed: {
      en: 'an http(s) URL without query or credentials',
      zh: 'http(s) URL，不带查询参数、用户名和密码',
    },
    fallback: 'https://open.weixin.qq.com/connect/oauth2/authorize',
    meaning: "WeChat's page that asks the user for consent; the sandbox has its own.",
  },
  JS_SDK_PATH: {
    schema: place,
    allowed: { en: 'a path such as /js-sdk', zh: '一个路径，例如 /js-sdk' },
    without: 'no page signatures',
    meaning: 'Path of page signatures for the JS-SDK. With several accounts: JS_SDK_PATH/<name>.',
  },
  JS_SDK_HOSTS: {
    schema: list.pipe(z.array(siteHost).min(1)),
    allowed: {
      en: 'hosts such as www.example.com, separated by commas; no wildcards',
      zh: '域名，例如 www.example.com，用逗号分隔，不能用通配符',
    },
    without: 'no page signatures',
    meaning: 'Hosts whose pages may be signed.',
  },
} as const;
