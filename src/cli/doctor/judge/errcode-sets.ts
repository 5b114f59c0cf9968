/** Errcodes of a token fetch that WeChat refuses because of our IP address. */
export const IP_ERRCODES: ReadonlySet<number> = new Set([
  40164, 45035, 61004, 89501, 89502, 89503, 89504, 89505, 89506, 89507,
]);

/** Errcodes for too many calls. */
export const QUOTA_ERRCODES: ReadonlySet<number> = new Set([45009, 45011]);

/** From this errcode on, the account's administrator must confirm an IP address. */
export const FIRST_CONFIRMATION_ERRCODE = 89_501;
