import { usable, type Facts } from '../facts.js';
import type { Right } from '../probe/account.js';
import { fault, ok, type Finding, type Words } from '../step.js';
import { settingsSkipped, noToken } from './not-seen.js';

const RIGHT_NAMES: { readonly [right in Right]: Words } = {
  'customer-service': { zh: '客服消息', en: 'customer-service messages' },
  template: { zh: '模板消息', en: 'template messages' },
  menu: { zh: '自定义菜单', en: 'custom menu' },
};
const SAID: { readonly [said in 'granted' | 'denied' | 'unknown']: Words } = {
  granted: { zh: '有', en: 'yes' },
  denied: { zh: '没有（48001）', en: 'no (48001)' },
  unknown: { zh: '没有查到', en: 'not known' },
};

export function judgeRights(facts: Facts): Finding {
  const configured = usable(facts);
  if (configured === undefined) return settingsSkipped;
  const rights = facts.account?.rights;
  if (rights === undefined) return noToken;
  const line = (language: 'zh' | 'en'): string =>
    Object.entries(RIGHT_NAMES)
      .map(([right, name]) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the table
        const said = rights[right as Right];
        return language === 'zh' ? `${name.zh}${SAID[said].zh}` : `${name.en} ${SAID[said].en}`;
      })
      .join(language === 'zh' ? '，' : ', ');
  const denied = rights['customer-service'] === 'denied';
  if (denied && configured.config.lateReply === 'customer-service')
    return fault(
      {
        zh: `账号没有客服消息权限（48001），而 LATE_REPLY=customer-service：超时的回复发不出去（${line('zh')}）`,
        en: `the account is not allowed to send customer-service messages (48001), and LATE_REPLY is customer-service: late answers reach nobody (${line('en')})`,
      },
      { zh: '认证账号，或改 LATE_REPLY=auto', en: 'verify the account, or set LATE_REPLY=auto' },
    );
  const late = denied
    ? { zh: '；超时的回复等用户的下一条消息', en: "; late answers wait for the user's next message" }
    : { zh: '', en: '' };
  return ok(`${line('zh')}${late.zh}`, `${line('en')}${late.en}`);
}
