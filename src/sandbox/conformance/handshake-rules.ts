import { forgeHandshake, parameter, withParameters, type Query } from './forge-request.js';
import type { Exchange } from './exchange.js';
import type { Probe } from './probe.js';
import { broken, holds, notJudged, type Finding, type Rule } from './rule.js';

const source = '接入概述, 验证消息的确来自微信服务器';
const ECHO = '437512094834535';

const isEcho = ({ status, body }: Exchange, echostr: string): boolean =>
  status === 200 && body.equals(Buffer.from(echostr));

/** Holds if each echostr is returned byte for byte. */
async function echoed(probe: Probe, echostrs: readonly string[]): Promise<Finding> {
  for (const echostr of echostrs) {
    const exchange = await probe.get(
      forgeHandshake(echostr, probe.target),
      `the handshake with echostr ${JSON.stringify(echostr)}`,
    );
    if (!isEcho(exchange, echostr))
      return broken(exchange, {
        en: `status 200 and exactly ${echostr} were expected`,
        zh: `应返回状态码 200，内容正好是 ${echostr}`,
      });
  }
  return holds;
}

const withoutBom = (text: string): string => text.replace(/^\uFEFF/, '');

/** None of the forged handshakes is told its echostr. A page that quotes its own URL holds it, too, and tells nothing. */
async function keptBack(
  probe: Probe,
  forged: readonly (readonly [label: string, query: Query])[],
): Promise<Finding> {
  for (const [label, query] of forged) {
    const exchange = await probe.get(query, `a handshake with ${label}`);
    if (exchange.status === 200 && withoutBom(exchange.text).startsWith(ECHO))
      return broken(exchange, { en: 'the echostr was given away', zh: '应答里有 echostr' });
    if (exchange.failure !== undefined)
      return notJudged({
        en: `no answer came to ${exchange.label} (${exchange.failure})`,
        zh: `“${exchange.label}”没有应答（“${exchange.failure}”）`,
      });
  }
  return holds;
}

export const handshakeRules: readonly Rule[] = [
  {
    id: 'handshake-echo-exact',
    group: 'handshake',
    level: 'must',
    title: {
      en: 'A handshake is answered with its echostr and nothing else',
      zh: 'URL 验证时只返回 echostr，没有别的内容',
    },
    says: {
      en: 'The answer to the GET is the echostr as it came; with anything around it the console does not save the URL.',
      zh: '收到 GET 请求，原样返回 echostr；前后多出任何内容，公众号后台都不会保存这个 URL。',
    },
    source,
    remedy: {
      en: 'Write the bytes of echostr with status 200: no quotes, no newline, no JSON, no BOM, no sealing.',
      zh: '状态码 200，原样返回 echostr 的字节：不加引号、换行、BOM，不用 JSON，不加密。',
    },
    check: (probe) => echoed(probe, [ECHO]),
  },
  {
    id: 'handshake-echo-is-text',
    group: 'handshake',
    level: 'must',
    title: {
      en: 'An echostr is text, however much it looks like a number',
      zh: 'echostr 是文字，再像数字也一样',
    },
    says: {
      en: 'The echostr is a random string; digits beyond 2^63 occur.',
      zh: 'echostr 是随机字符串，可能是超过 2^63 的数字。',
    },
    source,
    remedy: {
      en: 'Never let a framework or a parser turn echostr into a number.',
      zh: '不要让框架或解析器把 echostr 转成数字。',
    },
    check: (probe) => echoed(probe, ['14324296167175543775', '0071', '1e5']),
  },
  {
    id: 'handshake-echo-decoded',
    group: 'handshake',
    level: 'should',
    title: { en: 'An echostr is percent-decoded once', zh: 'echostr 只做一次百分号解码' },
    says: { en: 'The parameters travel in a query string.', zh: '参数在 URL 的查询串里。' },
    source,
    remedy: {
      en: 'Decode the query once, as UTF-8, and write what comes out.',
      zh: 'URL 参数按 UTF-8 解码一次，结果原样写出。',
    },
    check: (probe) => echoed(probe, ['a b+c&d=e%/?#"你']),
  },
  {
    id: 'handshake-signature-order',
    group: 'handshake',
    level: 'must',
    title: {
      en: 'Token, timestamp and nonce are sorted as texts',
      zh: 'Token、timestamp、nonce 按字典序排序',
    },
    says: {
      en: 'The three strings are sorted in dictionary order before they are joined and hashed.',
      zh: '三个字符串先按字典序排序，再拼接、计算摘要。',
    },
    source,
    remedy: {
      en: 'Sort the three as strings, byte by byte; not as numbers, not by locale. Leave leading zeros alone.',
      zh: '三个值按字符串逐字节排序，不按数字，也不按语言环境；保留前导零。',
    },
    async check(probe) {
      for (const nonce of ['9', '0012', '99999999999']) {
        const query = forgeHandshake(ECHO, probe.target, { nonce });
        const exchange = await probe.get(query, `the handshake with nonce ${nonce}`);
        if (!isEcho(exchange, ECHO))
          return broken(exchange, {
            en: 'a handshake that is rightly signed was refused',
            zh: '签名正确的 URL 验证被拒绝',
          });
      }
      return holds;
    },
  },
  {
    id: 'handshake-wrong-signature',
    group: 'handshake',
    level: 'must',
    title: { en: 'A handshake with a wrong signature is not answered', zh: '不应答签名错误的 URL 验证' },
    says: {
      en: 'Only if the signature fits does the request come from WeChat.',
      zh: '签名正确，请求才来自微信。',
    },
    source,
    remedy: {
      en: 'Compare all 40 digits of the signature, and answer 403 without the echostr.',
      zh: '签名的 40 位都要比较，不符就返回 403，不返回 echostr。',
    },
    check(probe) {
      const good = forgeHandshake(ECHO, probe.target);
      const signature = parameter(good, 'signature');
      return keptBack(probe, [
        ['the signature of another token', forgeHandshake(ECHO, probe.target, { token: 'another' })],
        [
          'one digit of the signature changed',
          withParameters(good, { signature: lastDigitChanged(signature) }),
        ],
        ['half of the signature', withParameters(good, { signature: signature.slice(0, 20) })],
        ['a signature that is too long', withParameters(good, { signature: `${signature}0` })],
      ]);
    },
  },
  {
    id: 'handshake-missing-parameter',
    group: 'handshake',
    level: 'must',
    turn: 'alone',
    title: {
      en: 'A handshake without signature, timestamp or nonce is not answered',
      zh: '不应答缺少 signature、timestamp 或 nonce 的 URL 验证',
    },
    says: { en: 'All of them come with every handshake.', zh: '每次 URL 验证都带有这些参数。' },
    source,
    remedy: { en: 'Take an absent or empty parameter for a refusal.', zh: '参数缺失或为空，一律拒绝。' },
    check(probe) {
      const good = forgeHandshake(ECHO, probe.target);
      return keptBack(probe, [
        ['no signature', withParameters(good, { signature: undefined })],
        ['an empty signature', withParameters(good, { signature: '' })],
        ['no timestamp', withParameters(good, { timestamp: undefined })],
        ['no nonce', withParameters(good, { nonce: undefined })],
      ]);
    },
  },
  {
    id: 'handshake-repeated-signature',
    group: 'handshake',
    level: 'advice',
    turn: 'alone',
    title: { en: 'A handshake with two signatures is not answered', zh: '不应答带有两个签名的 URL 验证' },
    says: { en: 'Each parameter comes once.', zh: '每个参数只出现一次。' },
    source,
    remedy: {
      en: 'Refuse a parameter that stands twice, rather than choose one of the two.',
      zh: '同一参数出现两次就拒绝，不要任选其一。',
    },
    check(probe) {
      const good = forgeHandshake(ECHO, probe.target);
      const wrong = ['signature', lastDigitChanged(parameter(good, 'signature'))] as const;
      return keptBack(probe, [
        ['a second, wrong signature', [...good, wrong]],
        ['a wrong signature before the right one', [wrong, ...good]],
      ]);
    },
  },
  {
    id: 'handshake-signature-case',
    group: 'handshake',
    level: 'advice',
    title: { en: 'An upper-case signature is not accepted', zh: '不接受大写的签名' },
    says: {
      en: 'The signature is written in lower-case hexadecimal digits.',
      zh: '签名是小写的十六进制数。',
    },
    source,
    remedy: {
      en: 'Compare the text as it came, without folding its case.',
      zh: '按收到的原文比较，不要转换大小写。',
    },
    check(probe) {
      const good = forgeHandshake(ECHO, probe.target);
      const signature = parameter(good, 'signature').toUpperCase();
      return keptBack(probe, [['the signature in upper case', withParameters(good, { signature })]]);
    },
  },
  {
    id: 'handshake-plain-text',
    group: 'handshake',
    level: 'advice',
    title: { en: 'An echostr is not served as a page', zh: 'echostr 不作为网页返回' },
    says: {
      en: 'Nothing but the text is wanted, and the text is a stranger’s.',
      zh: '只要这段文字，而它来自陌生人。',
    },
    source,
    remedy: {
      en: 'Send Content-Type: text/plain, so that no browser runs what stands in echostr.',
      zh: '返回 `Content-Type: text/plain`，避免浏览器执行 echostr 里的内容。',
    },
    async check(probe) {
      const label = 'the handshake with markup as echostr';
      const exchange = await probe.get(forgeHandshake('<b>1</b>', probe.target), label);
      if (!/html|xml|svg|javascript/i.test(exchange.contentType) && exchange.contentType !== '') return holds;
      return broken(exchange, {
        en: `its Content-Type is ${exchange.contentType || 'missing'}`,
        zh: `它的 Content-Type ${exchange.contentType ? `是 ${exchange.contentType}` : '缺失'}`,
      });
    },
  },
  {
    id: 'visitor-is-refused',
    group: 'handshake',
    level: 'advice',
    title: { en: 'A GET without a signature is answered with 4xx', zh: '不带签名的 GET 返回 4xx' },
    says: {
      en: 'Scanners and search engines find the URL as well.',
      zh: '扫描程序和搜索引擎也会找到这个 URL。',
    },
    source,
    remedy: { en: 'Answer 403 or 400 to whatever is not signed.', zh: '没有签名的请求返回 403 或 400。' },
    async check(probe) {
      const exchange = await probe.get([], 'a GET without parameters');
      const { status = 0 } = exchange;
      return status >= 400 && status < 500
        ? holds
        : broken(exchange, { en: 'a status of 400 to 499 was expected', zh: '状态码应在 400 到 499 之间' });
    },
  },
];

const lastDigitChanged = (signature: string): string =>
  signature.slice(0, -1) + (signature.endsWith('0') ? '1' : '0');
