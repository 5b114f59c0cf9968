import { formatColumns } from '../table.js';
import type { Language } from '../../protocol/words.js';
import type { ShownDeadLetter } from './dead-letter-client.js';

const HEAD = {
  en: ['AT', 'REASON', 'ERRCODE', 'HANDLER', 'KIND', 'USER', 'MESSAGES', 'ID'],
  zh: ['时间（UTC）', '原因', '错误码', '处理模块', '类型', '用户', '消息数', 'ID'],
} as const;

/** Formats one line per dead letter, without texts of users and answers. */
export function formatDeadLetters(letters: readonly ShownDeadLetter[], language: Language): string {
  return formatColumns([
    HEAD[language],
    ...letters.map(({ atMs, reason, errcode, handler, kind, user, messages, id }) => [
      minute(atMs),
      reason,
      errcode === undefined ? '-' : String(errcode),
      handler === '' ? '-' : handler,
      kind === '' ? '-' : kind,
      user,
      String(messages),
      id,
    ]),
  ]);
}

/** Formats all fields of a dead letter, one per line; texts below, if requested. */
export function formatDeadLetter(letter: ShownDeadLetter): string {
  const { texts, atMs, ...rest } = letter;
  const fields = Object.entries({ at: new Date(atMs).toISOString(), ...rest });
  const lines = formatColumns(fields.map(([name, value]) => [name, String(value)]));
  return texts === undefined ? lines : `${lines}\n\n${JSON.stringify(texts, undefined, 2)}`;
}

const minute = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
