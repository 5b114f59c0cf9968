import { leaf } from './answer.js';
import { forgeRequest } from './forge-request.js';
import { freshUser, freshWord, text, type Case } from './pushes.js';
import { broken, notJudged, type Rule } from './rule.js';
import { everyAccepted, isReply } from './assertions.js';

const source = '消息加解密说明, 技术方案';
const sealed = ['compatible', 'safe'] as const;

/** Rules: the server opens every envelope that WeChat seals. */
export const sealingRules: readonly Rule[] = [
  {
    id: 'padding-1-to-32',
    group: 'sealing',
    level: 'must',
    title: { en: 'Every padding from 1 to 32 bytes is accepted', zh: '1 到 32 字节的填充都接受' },
    says: {
      en: 'The padding is PKCS#7 to blocks of 32 bytes, although AES works on 16.',
      zh: '按 PKCS#7 填充到 32 字节的整数倍，尽管 AES 的分组是 16 字节。',
    },
    source,
    remedy: {
      en: 'Switch the automatic padding off, and strip 1 to 32 bytes by hand.',
      zh: '关掉自动填充，自己去掉 1 到 32 个字节。',
    },
    modes: sealed,
    async check(probe) {
      const lengths = Array.from({ length: 32 }, (_, extra) => extra);
      const cases = lengths.map((extra): Case => [
        `a text with ${extra} letters more, for another padding`,
        text(probe.target, `${freshWord()}${'x'.repeat(extra)}`),
      ]);
      return everyAccepted(probe, await probe.pushAll(cases));
    },
  },
  {
    id: 'length-in-bytes',
    group: 'sealing',
    level: 'must',
    title: { en: 'The length inside an envelope is in bytes', zh: '密文里的长度按字节计算' },
    says: {
      en: 'The four bytes before the message hold its length in bytes, in network order.',
      zh: '消息之前的四个字节是消息的字节数，网络字节序。',
    },
    source,
    remedy: {
      en: 'Cut the opened bytes before decoding them as UTF-8.',
      zh: '先按字节截取解密后的内容，再按 UTF-8 解码。',
    },
    modes: sealed,
    async check(probe) {
      const results = ['你好，世界', '😀👩‍👩‍👧', '是'.repeat(700)].map((content) =>
        probe.push(text(probe.target, content), `a sealed text of ${content.length} wide letters`),
      );
      return everyAccepted(probe, await Promise.all(results));
    },
  },
  {
    id: 'plain-fields-not-believed',
    group: 'sealing',
    level: 'must',
    title: {
      en: 'In compatible mode the fields beside Encrypt are ignored',
      zh: '兼容模式下不采信 Encrypt 之外的字段',
    },
    says: {
      en: 'A compatible body holds the message twice, and the signature covers the sealed one only.',
      zh: '兼容模式的消息体里，消息有明文和密文两份，签名只覆盖密文。',
    },
    source,
    remedy: { en: 'Open Encrypt and read nothing else.', zh: '只解密 Encrypt，其余内容不读。' },
    modes: ['compatible'],
    async check(probe) {
      const [word, forgedWord, forgedUser] = [freshWord(), freshWord(), freshUser()];
      const push = text(probe.target, word);
      const beside = (xml: string) => xml.replace(word, forgedWord).replace(push.user, forgedUser);
      const results = await probe.pushAs(push, 'a compatible push whose plain fields were changed', () =>
        forgeRequest(push.xml, probe.target, { beside }),
      );
      const { fields } = results.answer;
      if (fields !== undefined && leaf(fields['ToUserName']) === forgedUser)
        return broken(results.exchange, {
          en: 'the reply goes to the sender of the plain fields',
          zh: '回复发给了明文字段里的发送者',
        });
      if (JSON.stringify(fields ?? '').includes(forgedWord))
        return broken(results.exchange, { en: 'the plain text was answered', zh: '回复的是明文里的内容' });
      const finding = await everyAccepted(probe, [results]);
      return finding.type === 'holds' && !isReply(results.answer)
        ? notJudged({
            en: 'no reply came that could tell which half was read',
            zh: '没有回复，看不出读的是明文还是密文',
          })
        : finding;
    },
  },
  {
    id: 'encrypt-layouts',
    group: 'sealing',
    level: 'advice',
    turn: 'alone',
    title: {
      en: 'Encrypt may have blanks around its CDATA, or no CDATA',
      zh: 'Encrypt 的 CDATA 前后可以有空白，也可以没有 CDATA',
    },
    says: {
      en: 'Samples put blanks around CDATA; the signed text is what stands within.',
      zh: '文档的示例在 CDATA 两边有空白；参与签名的是其中的内容。',
    },
    source,
    remedy: {
      en: 'Let an XML parser find Encrypt, and trim what is no CDATA.',
      zh: '用 XML 解析器取 Encrypt，去掉 CDATA 之外的空白。',
    },
    modes: sealed,
    async check(probe) {
      const results = async (label: string, change: (body: string) => string) => {
        const push = text(probe.target, freshWord());
        return probe.pushAs(push, label, () => {
          const { query, body } = forgeRequest(push.xml, probe.target, { mode: 'safe' });
          return { query, body: change(body) };
        });
      };
      return everyAccepted(probe, [
        await results('an envelope with blanks around CDATA', (body) =>
          body.replace('<Encrypt>', '<Encrypt>\n  ').replace('</Encrypt>', '\n</Encrypt>'),
        ),
        await results('an envelope without CDATA', (body) =>
          body.replace(/<Encrypt><!\[CDATA\[(.*)\]\]><\/Encrypt>/, '<Encrypt>$1</Encrypt>'),
        ),
      ]);
    },
  },
];
