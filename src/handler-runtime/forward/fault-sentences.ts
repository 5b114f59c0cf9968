import type { BackendFault } from './backend-error.js';

/** The fault of the backend and its cure: follows "The backend <url>". Never holds a text of a user. */
export const FAULT_SENTENCES: { readonly [fault in BackendFault]: string } = {
  down: 'cannot be reached: start it, or correct FORWARD_URL',
  hung: 'gave no answer in time: look for what it waits for, or raise FORWARD_TIMEOUT_S',
  'too-large': 'answered more than 1 MiB, and a reply is far shorter: is FORWARD_URL its callback?',
  status:
    'did not answer 200: compare its token, AES key and mode with FORWARD_TOKEN, FORWARD_AES_KEY and FORWARD_MODE, and look at its log',
  html: 'answered with a web page: is FORWARD_URL its callback, without a login in front?',
  'not-xml': 'answered with neither XML nor success: is FORWARD_URL its callback?',
  'malformed-xml': 'answered with XML that is not well-formed: correct its reply',
  unsealed:
    'answered in plaintext, and FORWARD_MODE is safe: give it the AES key, or set FORWARD_MODE=plaintext',
  'bad-msg-signature': 'signed its reply with another token: compare its token with FORWARD_TOKEN',
  'bad-envelope':
    'sealed its reply with another AES key or AppID: compare both with FORWARD_AES_KEY and WECHAT_APP_ID',
  'missing-field': 'answered with a reply that lacks a required field: complete its reply',
  'wrong-to': 'answered to another user: ToUserName of a reply is FromUserName of the push',
  'wrong-from': 'answered as another account: FromUserName of a reply is ToUserName of the push',
  'unknown-type': 'answered with a MsgType that replies do not know: use one of the documentation',
  'empty-content': 'answered with an empty text: answer success to stay silent',
};
