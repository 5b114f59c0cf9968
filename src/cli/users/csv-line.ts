import type { UserInfo } from '../../api/catalogue/users.js';

/** The exported fields of a user. */
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

/** Returns the header line, after a byte order mark for spreadsheets. */
export const toCsvHead = (idsOnly: boolean): string => `\uFEFF${columnsOf(idsOnly).join(',')}\r\n`;

/** Formats a line. Lists are joined by blanks; times are ISO 8601. Source: RFC 4180. */
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

/** Quotes a value, and disarms a text that a spreadsheet would read as a formula. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
