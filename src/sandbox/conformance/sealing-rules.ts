import { leaf } from './answer.js';
import { forgeRequest } from './forge-request.js';
import { freshUser, freshWord, text } from './pushes.js';
import { broken, notJudged, type Rule } from './rule.js';
import { everyAccepted, isReply } from './assertions.js';

const source = '消息加解密说明, 技术方案';
const sealed = ['compatible', 'safe'] as const;

/** What WeChat seals, the server opens. */
export const sealingRules: readonly Rule[] = [
  {
    id: 'padding-1-to-32',
    group: 'sealing',
    level: 'must',
    title: 'Every padding from 1 to 32 bytes is accepted',
    says: 'The padding is PKCS#7 to blocks of 32 bytes, although AES works on 16.',
    source,
    remedy: 'Switch the automatic padding off, and strip 1 to 32 bytes by hand.',
    modes: sealed,
    async check(probe) {
      const lengths = Array.from({ length: 32 }, (_, extra) => extra);
      const results = lengths.map((extra) =>
        probe.push(
          text(probe.target, `${freshWord()}${'x'.repeat(extra)}`),
          `a text with ${extra} letters more, for another padding`,
        ),
      );
      return everyAccepted(await Promise.all(results));
    },
  },
  {
    id: 'length-in-bytes',
    group: 'sealing',
    level: 'must',
    title: 'The length inside an envelope counts bytes',
    says: 'The four bytes before the message hold its length in bytes, in network order.',
    source,
    remedy: 'Cut the opened bytes before decoding them as UTF-8.',
    modes: sealed,
    async check(probe) {
      const results = ['你好，世界', '😀👩‍👩‍👧', '是'.repeat(700)].map((content) =>
        probe.push(text(probe.target, content), `a sealed text of ${content.length} wide letters`),
      );
      return everyAccepted(await Promise.all(results));
    },
  },
  {
    id: 'key-with-surplus-bits',
    group: 'sealing',
    level: 'must',
    title: 'A key whose last letter has surplus bits works',
    says: 'The EncodingAESKey is 43 letters and digits; the last one carries two bits that mean nothing.',
    source,
    remedy: 'Decode the key with a lenient Base64 decoder.',
    modes: sealed,
    async check(probe) {
      const { encodingAesKey } = probe.target;
      const canonical = Buffer.from(`${encodingAesKey}=`, 'base64').toString('base64');
      if (canonical === `${encodingAesKey}=`)
        return notJudged('the key at hand has none: configure one that ends in b, and run again');
      return everyAccepted([await probe.control()]);
    },
  },
  {
    id: 'plain-fields-not-believed',
    group: 'sealing',
    level: 'must',
    title: 'In compatible mode the fields beside Encrypt are not believed',
    says: 'A compatible body holds the message twice, and the signature covers the sealed one only.',
    source,
    remedy: 'Open Encrypt and read nothing else.',
    modes: ['compatible'],
    async check(probe) {
      const [word, forgedWord, forgedUser] = [freshWord(), freshWord(), freshUser()];
      const push = text(probe.target, word);
      const beside = (xml: string) => xml.replace(word, forgedWord).replace(push.user, forgedUser);
      const results = await probe.push(push, 'a compatible push whose plain fields were changed', { beside });
      const { fields } = results.answer;
      if (fields !== undefined && leaf(fields['ToUserName']) === forgedUser)
        return broken(results.exchange, 'the reply goes to the sender of the plain fields');
      if (JSON.stringify(fields ?? '').includes(forgedWord))
        return broken(results.exchange, 'the plain text was answered');
      const finding = everyAccepted([results]);
      return finding.type === 'holds' && !isReply(results.answer)
        ? notJudged('no reply came that could tell which half was read')
        : finding;
    },
  },
  {
    id: 'encrypt-layouts',
    group: 'sealing',
    level: 'should',
    title: 'Encrypt may stand with blanks around its CDATA, or without CDATA',
    says: 'Samples put blanks around CDATA; the signed text is what stands within.',
    source,
    remedy: 'Let an XML parser find Encrypt, and trim what is no CDATA.',
    modes: sealed,
    async check(probe) {
      const results = async (label: string, change: (body: string) => string) => {
        const push = text(probe.target, freshWord());
        const { query, body } = forgeRequest(push.xml, probe.target, { mode: 'safe' });
        return probe.send(push, { query, body: change(body) }, label);
      };
      return everyAccepted([
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
