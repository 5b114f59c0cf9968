import type { Fault } from './answer.js';
import { broken, holds, notJudged, type Rule } from './rule.js';

const formatSource = '被动回复用户消息';
const sealSource = '消息加解密说明, 回包加密';
const sealed = ['compatible', 'safe'] as const;

interface FormRule extends Omit<Rule, 'group' | 'check'> {
  readonly faults: readonly Fault[];
  /** Only a reply can show it; silence cannot. */
  readonly ofReplies: boolean;
}

/** What each way of writing an answer badly breaks. */
const forms: readonly FormRule[] = [
  {
    id: 'reply-or-silence',
    faults: ['not-xml'],
    ofReplies: false,
    level: 'must',
    title: 'An answer is reply XML, `success` or nothing',
    says: 'Abnormal data, JSON for example, shows the user a failure notice.',
    source: formatSource,
    remedy: 'Never write JSON, HTML or any other text with status 200.',
  },
  {
    id: 'success-exact',
    faults: ['inexact-silence'],
    ofReplies: false,
    level: 'must',
    title: '`success` is written with these seven letters',
    says: 'The answer is the bare word success, or an empty string.',
    source: formatSource,
    remedy: 'Write `success` in lower case, without quotes, blanks or newline.',
  },
  {
    id: 'nothing-before-body',
    faults: ['before-body'],
    ofReplies: false,
    level: 'must',
    title: 'Nothing stands before the answer',
    says: 'The body begins with the XML.',
    source: formatSource,
    remedy: 'Look for a BOM or a blank line that a template or a source file brings along.',
  },
  {
    id: 'reply-well-formed',
    faults: ['malformed'],
    ofReplies: true,
    level: 'must',
    title: 'Reply XML is well-formed, whatever the user typed',
    says: 'XML that cannot be parsed shows the user a failure notice.',
    source: formatSource,
    remedy: 'Split "]]>" in CDATA over two sections, or escape the text; drop what XML forbids.',
  },
  {
    id: 'reply-sealed',
    faults: ['unsealed'],
    ofReplies: true,
    level: 'must',
    title: 'In safe mode a reply is sealed',
    says: 'In safe mode the answer is to be sealed as well.',
    source: sealSource,
    remedy: 'Seal the reply with the key that opened the push.',
    modes: ['safe'],
  },
  {
    id: 'reply-not-sealed',
    faults: ['not-an-envelope'],
    ofReplies: true,
    level: 'must',
    title: 'In plaintext mode a reply is not sealed',
    says: 'In plaintext mode neither side seals.',
    source: sealSource,
    remedy: 'Seal replies only where pushes come sealed.',
    modes: ['plaintext'],
  },
  {
    id: 'reply-envelope-complete',
    faults: ['not-an-envelope'],
    ofReplies: true,
    level: 'must',
    title: 'A sealed reply has Encrypt, MsgSignature, TimeStamp and Nonce',
    says: 'The four elements belong to every sealed answer; TimeStamp is a number.',
    source: sealSource,
    remedy: 'Write all four.',
    modes: sealed,
  },
  {
    id: 'reply-msg-signature',
    faults: ['msg-signature'],
    ofReplies: true,
    level: 'must',
    title: 'The MsgSignature of a sealed reply fits',
    says: 'MsgSignature covers token, TimeStamp, Nonce and Encrypt of the answer itself.',
    source: sealSource,
    remedy: 'Sign the very texts that are written into the XML.',
    modes: sealed,
  },
  {
    id: 'reply-opens',
    faults: ['does-not-open', 'foreign-app-id'],
    ofReplies: true,
    level: 'must',
    title: 'A sealed reply opens with our key and names our AppID',
    says: 'Answers are sealed as pushes are: key, padding to 32, AppID at the end.',
    source: sealSource,
    remedy: 'Compare key and AppID; pad to blocks of 32; count the length in bytes.',
    modes: sealed,
  },
  {
    id: 'silence-not-sealed',
    faults: ['sealed-silence'],
    ofReplies: false,
    level: 'must',
    title: '`success` is not sealed',
    says: 'Success and the empty string need no sealing.',
    source: sealSource,
    remedy: 'Write `success` as it is, in every mode.',
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
      if (fault !== undefined) return broken(exchange, rule.title + ': it is not so here');
    }
    const judged = results.filter(({ answer }) =>
      ofReplies ? answer.kind === 'reply' : answer.kind !== 'nothing' && answer.kind !== 'status',
    );
    return judged.length > 0 ? holds : notJudged(NO_REPLY);
  },
}));

export const NO_REPLY =
  'no reply came; have the server answer texts, or name a text that it answers with --echo';
