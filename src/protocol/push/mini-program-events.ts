import type { Fields } from '../fields.js';
import {
  block,
  blocks,
  flag,
  moment,
  number,
  optionalNumber,
  optionalText,
  text,
  texts,
} from './read-field.js';
import type { Readers } from './readers.js';

/** Events of mini-programs that share the callback, of the media check and of the console's tester. */
export const miniProgramEvents = {
  'event.weapp_audit_success': (f) => ({ succeededAt: moment(f, 'SuccTime') }),
  'event.weapp_audit_fail': (f) => ({
    /** Holds HTML line breaks. */
    reason: text(f, 'Reason'),
    failedAt: moment(f, 'FailTime'),
    /** Media ids. */
    screenShots: text(f, 'ScreenShot')
      .split('|')
      .filter((id) => id !== ''),
  }),
  'event.weapp_audit_delay': (f) => ({ reason: text(f, 'Reason'), delayedAt: moment(f, 'DelayTime') }),
  'event.wxa_nickname_audit': (f) => ({
    /** 2 refused, 3 accepted. */
    ret: number(f, 'ret'),
    nickname: text(f, 'nickname'),
    reason: text(f, 'reason'),
  }),
  'event.wxa_category_audit': (f) => ({
    ret: number(f, 'ret'),
    first: text(f, 'first'),
    second: text(f, 'second'),
    reason: text(f, 'reason'),
  }),
  'event.wxa_privacy_apply': (f) => {
    const info = block(f, 'result_info');
    return {
      apiName: text(info, 'api_name'),
      appliedAt: moment(info, 'apply_time'),
      auditId: text(info, 'audit_id'),
      auditedAt: moment(info, 'audit_time'),
      reason: text(info, 'reason'),
      status: text(info, 'status'),
    };
  },
  /** Version 1 fills `isRisky` and `statusCode`; version 2 `result` and `details`. */
  'event.wxa_media_check': (f) => ({
    appId: text(f, 'appid'),
    traceId: text(f, 'trace_id'),
    version: optionalText(f, 'version'),
    isRisky: flag(f, 'isrisky'),
    extraInfoJson: optionalText(f, 'extra_info_json'),
    statusCode: optionalNumber(f, 'status_code'),
    errcode: optionalNumber(f, 'errcode'),
    errmsg: optionalText(f, 'errmsg'),
    result: suggestion(block(f, 'result')),
    details: blocks(f, 'detail').map((item) => ({
      ...suggestion(item),
      strategy: text(item, 'strategy'),
      errcode: number(item, 'errcode'),
      prob: optionalNumber(item, 'prob'),
      level: optionalNumber(item, 'level'),
      keyword: optionalText(item, 'keyword'),
    })),
  }),
  'event.wxa_punish_event': (f) => ({
    /** 1 warning, 2 function ban, 3 removal, 4 account ban, 10 page ban. */
    eventType: text(f, 'event_type'),
    punishId: text(f, 'punish_id'),
    appId: text(f, 'appid'),
    punishedAt: moment(f, 'punish_time'),
    illegalReason: text(f, 'illegal_reason'),
    illegalContent: text(f, 'illegal_content'),
    ruleName: text(f, 'rule_name'),
    ruleUrl: text(f, 'rule_url'),
    adjustGuideUrl: text(f, 'adjust_guide_url'),
    /** JSON as text. */
    detail: text(f, 'detail'),
  }),
  'event.wxa_appeal_record': (f) => ({
    appealRecordId: text(f, 'appeal_record_id'),
    appId: text(f, 'appid'),
    appealedAt: moment(f, 'appeal_time'),
    appealCount: number(f, 'appeal_count'),
    appealFrom: text(f, 'appeal_from'),
    appealStatus: text(f, 'appeal_status'),
    punishDescription: text(f, 'punish_description'),
    auditReason: text(f, 'audit_reason'),
    materials: blocks(f, 'material').map((material) => ({
      illegal: {
        content: text(block(material, 'illegal_material'), 'content'),
        contentUrl: text(block(material, 'illegal_material'), 'content_url'),
      },
      appeal: {
        reason: text(block(material, 'appeal_material'), 'reason'),
        proofMaterialIds: texts(block(material, 'appeal_material'), 'proof_material_id'),
      },
    })),
  }),
  'event.wxa_illegal_record': (f) => ({ appId: text(f, 'appid') }),
  'event.charge_service_quota_notify': (f) => ({
    eventType: text(f, 'event_type'),
    spuId: text(f, 'spu_id'),
    spuName: text(f, 'spu_name'),
    totalQuota: number(f, 'total_quota'),
    totalUsedQuota: number(f, 'total_used_quota'),
    appId: text(f, 'appid'),
  }),
  /** A paid order of a shop in the mini-program (自定义交易组件). */
  'event.open_product_order_pay': (f) => {
    const order = block(f, 'order_info');
    return {
      outOrderId: text(order, 'out_order_id'),
      orderId: text(order, 'order_id'),
      transactionId: text(order, 'transaction_id'),
      /** Beijing time, `2021-12-30 22:31:00`. */
      payTime: text(order, 'pay_time'),
    };
  },
  'event.debug_demo': (f) => ({ debugStr: text(f, 'debug_str') }),
} satisfies Readers;

const suggestion = (f: Fields) => ({ suggest: text(f, 'suggest'), label: text(f, 'label') });
