import type { Words } from '../../protocol/words.js';
import type { Hostile } from '../types/types.js';
import type { PreparedPush } from './prepare.js';
import { TEMPLATES } from './templates/templates.js';

/** Says why a push that was accepted got no reply, as far as it can be seen from outside. */
export function whySilent({ kind, hostile }: PreparedPush, isRepeat: boolean): Words {
  if (hostile !== undefined) return HOSTILE;
  if (isRepeat) return REPEAT;
  const answerable = TEMPLATES.find((template) => template.kind === kind)?.answerable;
  if (answerable === 'no') return NEVER_SHOWN;
  return answerable === 'possible' && kind.startsWith('event.') ? NOT_NEEDED : UNKNOWN;
}

/** Says what it means that a forged push got a reply. */
export const whyBelieved = (hostile: Hostile): Words =>
  hostile === 'old-timestamp' ? OLD_BELIEVED : BELIEVED;

const UNKNOWN: Words = {
  zh: '没有回复：处理模块没有返回内容、出错，或稍后再发（见服务器的日志）',
  en: 'No reply: the handler had nothing to say, threw, or answers later (the server’s log says which)',
};
const REPEAT: Words = {
  zh: '没有回复：这个 MsgId 之前已经回复过，那条回复服务器已经不再保留，所以只应答 success，没有再处理一遍',
  en: 'No reply: this MsgId was answered before, and the server no longer keeps that answer, so it says success and does not run it again',
};
const NEVER_SHOWN: Words = {
  zh: '没有回复：本该如此，微信不会显示对这个事件的回复',
  en: 'No reply, as it should be: WeChat shows none to this event',
};
const NOT_NEEDED: Words = {
  zh: '没有回复：这个事件通常不用回复',
  en: 'No reply: this event is usually not answered',
};
const HOSTILE: Words = {
  zh: '应答了 200，没有回复：可能当成真的处理了，也可能只是不理会；合格的服务器用 4xx 拒绝',
  en: 'Answered 200 without a reply: it may have been believed, or only ignored; a good server refuses it with 4xx',
};
const BELIEVED: Words = {
  zh: '伪造的推送得到了回复：服务器把它当成真的了',
  en: 'A forged push got a reply: the server believed it',
};
const OLD_BELIEVED: Words = {
  zh: '一小时前签名的推送得到了回复：服务器不检查推送的时间（本项目的服务器在 npm run dev 下设了 MAX_PUSH_AGE_S=0）',
  en: 'A push signed an hour ago got a reply: the server does not check its age (ours has MAX_PUSH_AGE_S=0 under npm run dev)',
};
