import type { Attempt, Verdict } from '../types/types.js';
import { causeWithoutAnswer, failure } from './judge.js';

/** Judges a handshake: the console accepts only the unchanged echostr and nothing else. */
export function judgeHandshake(last: Attempt, echostr: string, atMs: number): Verdict {
  const by = { atMs, decidedBy: last.number };
  const unanswered = causeWithoutAnswer(last);
  const cause =
    unanswered ??
    (last.status !== 200 ? 'http-status' : last.responseBody === echostr ? undefined : 'bad-echostr');
  if (cause === undefined) {
    return { outcome: 'accepted', zh: '验证通过，可以保存', en: 'Verified: the form can be saved', ...by };
  }
  const detail = last.error ?? (cause === 'http-status' ? String(last.status) : undefined);
  const { sentence: _notInTheConsole, ...verdict } = failure(cause, detail, by);
  const { zh, en } = unanswered === undefined ? fieldOf(last) : UNREACHED;
  return { ...verdict, zh: `${zh}（${verdict.zh}）`, en: `${en} (${verdict.en})` };
}

const UNREACHED = {
  zh: '请求 URL 超时：请检查 URL（地址、端口），以及服务器是否在运行',
  en: 'The URL is not reached: check the field URL (host and port), and whether the server runs',
};
const WRONG_TOKEN = {
  zh: 'token 验证失败：请检查 Token，它必须与服务器里配置的一致',
  en: 'Token verification failed: check the field Token; the server must have the same',
};
const WRONG_URL = {
  zh: 'token 验证失败：请检查 URL，这个路径上的程序没有原样返回 echostr',
  en: 'Token verification failed: check the field URL; what answers at this path does not return the echostr',
};

/** The field of the console's form that a refusal points to: a server refuses a signature with 401 or 403. */
const fieldOf = ({ status }: Attempt) => (status === 401 || status === 403 ? WRONG_TOKEN : WRONG_URL);
