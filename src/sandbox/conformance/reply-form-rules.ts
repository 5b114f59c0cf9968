import type { Words } from '../../protocol/words.js';
import type { Fault } from './answer.js';
import { FAULTS } from './fault-sentences.js';
import { broken, holds, notJudged, type Rule } from './rule.js';

const formatSource = '被动回复用户消息';
const sealSource = '消息加解密说明, 回包加密';
const sealed = ['compatible', 'safe'] as const;

interface FormRule extends Omit<Rule, 'group' | 'check'> {
  readonly faults: readonly Fault[];
  /** True if only replies can be judged, not silence. */
  readonly ofReplies: boolean;
}

/** Rules about the form of an answer, each with the faults that break it. */
const forms: readonly FormRule[] = [
  {
    id: 'reply-or-silence',
    faults: ['not-xml'],
    ofReplies: false,
    level: 'must',
    title: {
      en: 'An answer is reply XML, `success` or nothing',
      zh: '应答只能是回复的 XML、`success` 或空内容',
    },
    says: {
      en: 'Abnormal data, JSON for example, shows the user a failure notice.',
      zh: '回复异常数据（例如 JSON），用户会看到故障提示。',
    },
    source: formatSource,
    remedy: {
      en: 'Never write JSON, HTML or any other text with status 200.',
      zh: '状态码 200 时，不要返回 JSON、HTML 或其他文字。',
    },
  },
  {
    id: 'success-exact',
    faults: ['inexact-silence'],
    ofReplies: false,
    level: 'must',
    title: {
      en: '`success` is written with exactly these seven letters',
      zh: '`success` 就是这七个小写字母',
    },
    says: {
      en: 'The answer is the bare word success, or an empty string.',
      zh: '应答就是 success 这个词，或空串。',
    },
    source: formatSource,
    remedy: {
      en: 'Write `success` in lower case, without quotes, blanks or newline.',
      zh: '`success` 用小写，不加引号、空白和换行。',
    },
  },
  {
    id: 'nothing-before-body',
    faults: ['bom'],
    ofReplies: false,
    level: 'must',
    title: { en: 'No BOM precedes the answer', zh: '应答之前没有 BOM' },
    says: { en: 'The body begins with the XML.', zh: '应答以 XML 开头。' },
    source: formatSource,
    remedy: {
      en: 'Look for a BOM that a template or a source file brings along.',
      zh: '检查模板或源文件里有没有带上 BOM。',
    },
  },
  {
    id: 'no-blanks-before-body',
    faults: ['blanks-before'],
    ofReplies: false,
    level: 'should',
    title: { en: 'No blanks or newlines precede the answer', zh: '应答之前没有空白和换行' },
    says: { en: 'The body begins with the XML.', zh: '应答以 XML 开头。' },
    source: formatSource,
    remedy: { en: 'Look for a blank line that a template brings along.', zh: '检查模板里有没有多出空行。' },
  },
  {
    id: 'reply-well-formed',
    faults: ['malformed'],
    ofReplies: true,
    level: 'must',
    title: {
      en: 'Reply XML is well-formed, whatever the user typed',
      zh: '不管用户输入什么，回复的 XML 都合法',
    },
    says: {
      en: 'XML that cannot be parsed shows the user a failure notice.',
      zh: 'XML 解析不了，用户会看到故障提示。',
    },
    source: formatSource,
    remedy: {
      en: 'Split "]]>" in CDATA over two sections, or escape the text; drop what XML forbids.',
      zh: '把 CDATA 里的 "]]>" 拆成两段，或改为转义；去掉 XML 不允许的字符。',
    },
  },
  {
    id: 'reply-sealed',
    faults: ['unsealed'],
    ofReplies: true,
    level: 'must',
    title: { en: 'In safe mode a reply is sealed', zh: '安全模式下，回复要加密' },
    says: { en: 'In safe mode the answer is to be sealed as well.', zh: '安全模式下回复也要加密。' },
    source: sealSource,
    remedy: { en: 'Seal the reply with the key that opened the push.', zh: '用解密推送的那个密钥加密回复。' },
    modes: ['safe'],
  },
  {
    id: 'reply-not-sealed',
    faults: ['not-an-envelope'],
    ofReplies: true,
    level: 'must',
    title: { en: 'In plaintext mode a reply is not sealed', zh: '明文模式下，回复不加密' },
    says: { en: 'In plaintext mode neither side seals.', zh: '明文模式下双方都不加密。' },
    source: sealSource,
    remedy: { en: 'Seal replies only where pushes come sealed.', zh: '推送加密时才加密回复。' },
    modes: ['plaintext'],
  },
  {
    id: 'reply-envelope-complete',
    faults: ['not-an-envelope'],
    ofReplies: true,
    level: 'must',
    title: {
      en: 'A sealed reply has Encrypt, MsgSignature, TimeStamp and Nonce',
      zh: '加密的回复有 Encrypt、MsgSignature、TimeStamp 和 Nonce',
    },
    says: {
      en: 'The four elements belong to every sealed answer; TimeStamp is a number.',
      zh: '加密的回复必须有这四个元素，TimeStamp 是数字。',
    },
    source: sealSource,
    remedy: { en: 'Write all four.', zh: '四个都要写。' },
    modes: sealed,
  },
  {
    id: 'reply-envelope-seconds',
    faults: ['milliseconds'],
    ofReplies: true,
    level: 'should',
    title: { en: 'The TimeStamp of a sealed reply is in seconds', zh: '加密回复的 TimeStamp 单位是秒' },
    says: {
      en: 'TimeStamp is a number of seconds, as in the query.',
      zh: 'TimeStamp 以秒计，与 URL 参数里的一样。',
    },
    source: sealSource,
    remedy: {
      en: 'Divide milliseconds by 1000, round, and sign the same text.',
      zh: '毫秒数除以 1000 再取整，签名用同一个值。',
    },
    modes: sealed,
  },
  {
    id: 'reply-padded-to-32',
    faults: ['padded-to-16'],
    ofReplies: true,
    level: 'should',
    title: { en: 'Sealed replies are padded to blocks of 32 bytes', zh: '加密的回复填充到 32 字节的整数倍' },
    says: {
      en: 'The padding is PKCS#7 to blocks of 32 bytes, in both directions.',
      zh: '收发双方都按 PKCS#7 填充到 32 字节的整数倍。',
    },
    source: sealSource,
    remedy: {
      en: 'Switch the automatic padding off, and append 1 to 32 bytes by hand.',
      zh: '关掉自动填充，自己补上 1 到 32 个字节。',
    },
    modes: sealed,
  },
  {
    id: 'reply-msg-signature',
    faults: ['msg-signature'],
    ofReplies: true,
    level: 'must',
    title: { en: 'The MsgSignature of a sealed reply is correct', zh: '加密回复的 MsgSignature 正确' },
    says: {
      en: 'MsgSignature covers token, TimeStamp, Nonce and Encrypt of the answer itself.',
      zh: 'MsgSignature 由 Token 和这条回复自己的 TimeStamp、Nonce、Encrypt 算出。',
    },
    source: sealSource,
    remedy: {
      en: 'Sign the very texts that are written into the XML.',
      zh: '签名用的就是写进 XML 的那几个值。',
    },
    modes: sealed,
  },
  {
    id: 'reply-opens',
    faults: ['does-not-open', 'foreign-app-id'],
    ofReplies: true,
    level: 'must',
    title: {
      en: "A sealed reply opens with the account's key and names its AppID",
      zh: '加密的回复能用账号的密钥解开，里面是账号的 AppID',
    },
    says: {
      en: 'Answers are sealed as pushes are: key, padding to 32, AppID at the end.',
      zh: '回复的加密方式与推送相同：同一个密钥，填充到 32 字节的整数倍，末尾是 AppID。',
    },
    source: sealSource,
    remedy: {
      en: 'Compare key and AppID; pad to blocks of 32; count the length in bytes.',
      zh: '核对密钥和 AppID；按 32 字节一块填充；长度按字节计算。',
    },
    modes: sealed,
  },
  {
    id: 'silence-not-sealed',
    faults: ['sealed-silence'],
    ofReplies: false,
    level: 'must',
    title: { en: '`success` is not sealed', zh: '`success` 不加密' },
    says: { en: 'Success and the empty string need no sealing.', zh: 'success 和空串不需要加密。' },
    source: sealSource,
    remedy: { en: 'Write `success` as it is, in every mode.', zh: '无论哪种模式，`success` 都原样返回。' },
    modes: sealed,
  },
  {
    id: 'nothing-not-sealed',
    faults: ['sealed-nothing'],
    ofReplies: false,
    level: 'should',
    title: { en: 'An empty answer is not sealed', zh: '空应答不加密' },
    says: { en: 'Success and the empty string need no sealing.', zh: 'success 和空串不需要加密。' },
    source: sealSource,
    remedy: {
      en: 'Write nothing, or `success`, instead of an envelope around nothing.',
      zh: '返回空串或 `success`，不要把空内容加密返回。',
    },
    modes: sealed,
  },
];

export const replyFormRules: readonly Rule[] = forms.map(({ faults, ofReplies, ...rule }) => ({
  ...rule,
  group: 'replies',
  async check(probe) {
    const results = await probe.sample();
    for (const { exchange, answer } of results) {
      const fault = faults.find((one) => answer.faults.includes(one));
      if (fault !== undefined) return broken(exchange, FAULTS[fault]);
    }
    const judged = results.filter(({ answer }) =>
      ofReplies ? answer.kind === 'reply' : answer.kind !== 'nothing' && answer.kind !== 'status',
    );
    return judged.length > 0 ? holds : notJudged(NO_REPLY);
  },
}));

export const NO_REPLY: Words = {
  en: 'no reply came; have the server answer texts, or name a text that it answers with --echo',
  zh: '没有收到回复：请让服务器回复文字，或用 --echo 指定它会回复的文字',
};
