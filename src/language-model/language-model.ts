/** The exports of `wechat-callback-server/language-model`: a language model behind an account. */
export type { Endpoint } from './chat-completions.js';
export { chat, type ChatContext } from './chat.js';
export { ModelFailed } from './model-failed.js';
export { modelFrom, type Model } from './model.js';
