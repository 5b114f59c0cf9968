import type { Fields } from '../fields.js';
import { block, optionalText, text } from './read-field.js';
import type { Readers } from './readers.js';

/**
 * Notices to third-party platforms (第三方平台), which have an InfoType instead of a MsgType. An Official Account gets them
 * only if its callback is configured as that of a platform. Source: 授权变更通知推送, 验证票据推送, 快速注册企业小程序.
 */
export const platformNotices = {
  /** Comes every ten minutes. */
  'info.component_verify_ticket': (f) => ({ ...notice(f), verifyTicket: text(f, 'ComponentVerifyTicket') }),
  'info.authorized': (f) => ({ ...notice(f), ...authorization(f) }),
  'info.updateauthorized': (f) => ({ ...notice(f), ...authorization(f) }),
  'info.unauthorized': (f) => ({ ...notice(f), authorizerAppId: text(f, 'AuthorizerAppid') }),
  'info.notify_third_fasteregister': (f) => {
    const info = block(f, 'info');
    return {
      ...notice(f),
      /** AppID of the registered mini-program. */
      registeredAppId: text(f, 'appid'),
      /** 0: it succeeded. */
      status: text(f, 'status'),
      authCode: text(f, 'auth_code'),
      msg: text(f, 'msg'),
      info: {
        name: text(info, 'name'),
        code: text(info, 'code'),
        codeType: text(info, 'code_type'),
        legalPersonaWechat: text(info, 'legal_persona_wechat'),
        legalPersonaName: text(info, 'legal_persona_name'),
        componentPhone: text(info, 'component_phone'),
      },
    };
  },
  'info.unknown': (f) => notice(f),
} satisfies Readers;

/** `appId` is that of the platform. */
function notice(f: Fields) {
  return { infoType: text(f, 'InfoType'), appId: text(f, 'AppId') };
}

function authorization(f: Fields) {
  const expiresAt = Number(text(f, 'AuthorizationCodeExpiredTime'));
  return {
    authorizerAppId: text(f, 'AuthorizerAppid'),
    authorizationCode: text(f, 'AuthorizationCode'),
    /** Expiry of the code. */
    expiresAt: new Date((Number.isFinite(expiresAt) ? expiresAt : 0) * 1_000),
    preAuthCode: optionalText(f, 'PreAuthCode'),
  };
}
