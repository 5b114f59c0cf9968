import type { UserInfo } from '../../api/catalogue/users.js';

/** A user as far as an export knows of them. */
export type ExportedUser = Partial<UserInfo> & Pick<UserInfo, 'openid'>;

const COLUMNS = [
  'openid',
  'unionid',
  'subscribe_time',
  'remark',
  'tagid_list',
  'subscribe_scene',
  'qr_scene',
  'qr_scene_str',
] as const;

/** The names of the columns, behind the mark by which spreadsheets see that it is UTF-8. */
export const toCsvHead = (idsOnly: boolean): string => `\uFEFF${columnsOf(idsOnly).join(',')}\r\n`;

/** Lists are joined by blanks; times are ISO 8601. Source: RFC 4180. */
export function toCsvLine(user: ExportedUser, idsOnly: boolean): string {
  const cells = columnsOf(idsOnly).map((column) => {
    if (column === 'tagid_list') return (user.tagid_list ?? []).join(' ');
    if (column === 'subscribe_time') return timeOf(user.subscribe_time);
    return String(user[column] ?? '');
  });
  return `${cells.map(quoted).join(',')}\r\n`;
}

const columnsOf = (idsOnly: boolean): readonly (typeof COLUMNS)[number][] => (idsOnly ? ['openid'] : COLUMNS);

const timeOf = (seconds: number | undefined): string =>
  seconds === undefined ? '' : new Date(seconds * 1_000).toISOString();

/** A text that a spreadsheet would take for a formula is kept from being one. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
