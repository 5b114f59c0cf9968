/**
 * First segments of the paths of WeChat's API. Other paths are not for the gateway. Source: the index of the platform,
 * and the SDKs (test/unit/api/catalogue/sdk-paths.tsv).
 */
const FIRST_PARTS = new Set(
  (
    'cgi-bin customservice datacube publisher cv semantic card channels wxaapi wxa sns cityservice intp nontax scan ' +
    'shakearound bizwifi merchant device marketing product shop tcb wxaapp'
  ).split(' '),
);

/** WeChat's paths have no other characters, so nothing must be decoded, and no segment is `..`. */
const PLAIN_PATH = /^\/([a-z]+(?:-[a-z]+)*)(?:\/[A-Za-z0-9_-]+)+$/;

/** True if a path has the form of a path of WeChat's API. */
export function isWechatPath(path: string): boolean {
  const first = PLAIN_PATH.exec(path)?.[1];
  return first !== undefined && FIRST_PARTS.has(first);
}

/** True if a path is meant for WeChat's API, even if malformed. */
export function isMeantForWechat(path: string): boolean {
  return FIRST_PARTS.has(/^\/+([A-Za-z-]+)/.exec(path)?.[1]?.toLowerCase() ?? '');
}

/** Paths that issue credentials, which only the token centre serves. */
export const TOKEN_PATHS: readonly string[] = [
  '/cgi-bin/token',
  '/cgi-bin/stable_token',
  '/cgi-bin/ticket/getticket',
];

/**
 * Calls that cannot be undone, or that affect all programs of the account: forwarded only if API_GATEWAY_ALLOW names
 * them. In lower case.
 */
export const NEEDS_NAMING: ReadonlySet<string> = new Set([
  '/cgi-bin/clear_quota',
  '/cgi-bin/clear_quota/v2',
  '/cgi-bin/openapi/quota/clear',
  '/cgi-bin/menu/delete',
  '/cgi-bin/message/mass/send',
  '/cgi-bin/message/mass/sendall',
  '/cgi-bin/message/mass/delete',
  '/cgi-bin/freepublish/delete',
  '/cgi-bin/draft/delete',
  '/cgi-bin/draft/switch',
  '/cgi-bin/material/del_material',
  '/cgi-bin/comment/delete',
  '/cgi-bin/tags/delete',
  '/cgi-bin/groups/delete',
  '/cgi-bin/template/del_private_template',
  '/cgi-bin/template/api_set_industry',
  '/wxaapi/newtmpl/deltemplate',
  '/customservice/kfaccount/del',
  '/card/delete',
  '/card/code/consume',
  '/card/code/unavailable',
  '/card/invoice/makeoutinvoice',
  '/card/invoice/clearoutinvoice',
]);

/**
 * Makes the rule of what is passed on. A pattern is a path, or the beginning of one and `*`. `*` alone allows all but what
 * needs naming. Letter case does not count: what WeChat would take for a path, the rule takes for it, too.
 */
export function createPathRule(patterns: readonly string[]): (path: string) => boolean {
  const rules = patterns.map((pattern) => pattern.toLowerCase());
  const named = new Set(rules);
  const beginnings = rules.filter((rule) => rule.endsWith('*')).map((rule) => rule.slice(0, -1));
  return (path) => {
    const lower = path.toLowerCase();
    if (named.has(lower)) return true;
    return !NEEDS_NAMING.has(lower) && beginnings.some((beginning) => lower.startsWith(beginning));
  };
}
