import type { Fields } from '../fields.js';
import { toOpenId } from '../ids.js';
import { block, moment, optionalText, text } from './read-field.js';
import type { Readers } from './readers.js';

/** Events about the account and its people: staff, withdrawn consent, certification, guides. */
export const accountEvents = {
  'event.kf_create_session': (f) => ({ kfAccount: text(f, 'KfAccount') }),
  'event.kf_close_session': (f) => ({
    kfAccount: text(f, 'KfAccount'),
    closeType: optionalText(f, 'CloseType'),
  }),
  'event.kf_switch_session': (f) => ({
    fromKfAccount: text(f, 'FromKfAccount'),
    toKfAccount: text(f, 'ToKfAccount'),
  }),

  'event.user_info_modified': (f) => consent(f),
  'event.user_authorization_revoke': (f) => consent(f),
  'event.user_authorization_cancellation': (f) => consent(f),

  'event.qualification_verify_success': (f) => ({ expiresAt: moment(f, 'ExpiredTime') }),
  'event.qualification_verify_fail': (f) => failure(f),
  'event.naming_verify_success': (f) => ({ expiresAt: moment(f, 'ExpiredTime') }),
  'event.naming_verify_fail': (f) => failure(f),
  'event.annual_renew': (f) => ({ expiresAt: moment(f, 'ExpiredTime') }),
  /** The documentation shows two forms, one with the time and one with a reason. */
  'event.verify_expired': (f) => ({ expiresAt: moment(f, 'ExpiredTime'), ...failure(f) }),
  'event.wx_verify_pay_succ': () => ({}),
  'event.wx_verify_dispatch': () => ({}),
  'event.wx_verify_refill': (f) => ({
    refillAt: moment(f, 'RefillTime'),
    refillReason: text(f, 'RefillReason'),
  }),
  'event.wx_verify_fail': (f) => failure(f),

  'event.guide_qrcode_scan_event': (f) => {
    const scan = block(f, 'GuideScanEvent');
    return {
      guideAccount: text(scan, 'qrcode_guide_account'),
      guideOpenId: toOpenId(text(scan, 'qrcode_guide_openid')),
      openId: toOpenId(text(scan, 'openid')),
      action: text(scan, 'action'),
      qrcodeInfo: text(scan, 'qrcode_info'),
    };
  },
  'event.guide_invite_result_event': (f) => {
    const invite = block(f, 'GuideInviteEvent');
    return {
      guideAccount: text(invite, 'guide_account'),
      guideOpenId: toOpenId(text(invite, 'guide_openid')),
      inviteResult: text(invite, 'invite_result'),
    };
  },
  'event.add_guide_buyer_relation_event': () => ({}),
} satisfies Readers;

/** A user's consent changed. The user is `openId`; the push itself comes from the platform. */
function consent(f: Fields) {
  return {
    openId: toOpenId(text(f, 'OpenID', 'openid')),
    appId: text(f, 'AppID', 'appid'),
    unionId: optionalText(f, 'UnionID'),
    /** Number of the permission withdrawn; may be empty. */
    revokeInfo: text(f, 'RevokeInfo'),
  };
}

const failure = (f: Fields) => ({ failedAt: moment(f, 'FailTime'), failReason: text(f, 'FailReason') });
