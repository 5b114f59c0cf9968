/** Names that Chinese text keeps in Latin letters: of products, of settings and of what the platform calls so. */
const NAMES =
  /\b(?:AppID|AppSecret|Token|access_token|EncodingAESKey|OpenID|MsgId|CreateTime|MsgSignature|Redis|AOF|JSON|YAML|XML|CSV|JUnit|TSV|URL|HTTPS?|https?|API|ID|UTF-8|UTF-16|GBK|SSL|TLS|DNS|INFO|POST|GET|JS-SDK|OAuth|Node\.js|npm run [a-z:]+|npm start|Ctrl-C|SIGTERM|SIGINT|MB|FAIL|ok)\b/g;

/** What stands for itself: quoted text, code, options with their values, paths, addresses, names of settings and of files. */
const VERBATIM = [
  /`[^`]*`/g,
  /"[^"]*"/g,
  /“[^”]*”/g,
  /\{[^{}\n]*(?:\{[^{}]*\}[^{}\n]*)*\}/g,
  /[a-z]+:\/\/[^\s，。；（）]*/g,
  /(?:openssl|ulimit|cat|ss|sudo|npm|docker) [^）。；\n]*/g,
  /账号 [\w-]+/g,
  /\b(?:token (?:show|refresh)|menu (?:pull|diff|push)|template (?:list|send)|message send|mass (?:preview|send|status)|draft (?:list|add|publish|remove)|users export|alarms test)\b/g,
  /--?[a-z][a-z-]*/g,
  /mp\.weixin\.qq\.com|\\u|web token|grant_type=\w+|fail_openid_list/g,
  /npm install \w+|wechat-callback serve|\.js|\.ts/g,
  /ACL SETUSER \w+ \S+ \S+ \S+|SENTINEL MASTERS/g,
  /\b\w+(?:\.\w+)+\b/g,
  /[~.]?\/[\w.*<>/-]+/g,
  /\b[\w-]+\.(?:ts|js|md|xml|json|jsonl|yaml|csv|env|example|com|conf|tsv|cursor)\b/g,
  /\b[A-Z][A-Z0-9_]+(?:…|\b)/g,
  /\b[\w-]+_[\w-]*/g,
  /\b[a-z]+=\S+/g,
];

/** A word that no name consists of alone, or two words in sequence. */
const ENGLISH =
  /\b(?:the|an?|is|are|was|be|of|and|or|to|not|no|with|without|for|from|by|it|its|this|that|there|here|has|have|what|which|default|missing|allowed)\b|\b[A-Za-z]{2,} [a-z]{2,}\b/gi;

/** English words in a text for Chinese readers, apart from names and what stands for itself. */
export function englishWords(text: string): readonly string[] {
  const rest = [...VERBATIM, NAMES].reduce((left, pattern) => left.replace(pattern, '·'), text);
  return rest.match(ENGLISH) ?? [];
}
