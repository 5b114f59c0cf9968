import type { TemplateRow } from './row.js';

/** Results of sending. Sample values are made up. */
// prettier-ignore
export const SENDING_EVENTS: readonly TemplateRow[] = [
  ['event.TEMPLATESENDJOBFINISH', '', 'send-result', '模板消息送达', 'Template message delivered', 'no', { MsgID: '3851412345678901249', Status: 'success' }],
  ['event.TEMPLATESENDJOBFINISH', 'user-block', 'send-result', '模板消息被拒收', 'Template message refused', 'no', { MsgID: '200163836', Status: 'failed:user block' }],
  ['event.TEMPLATESENDJOBFINISH', 'system-failed', 'send-result', '模板消息发送失败', 'Template message failed', 'no', { MsgID: '200163836', Status: 'failed: system failed' }],
  ['event.MASSSENDJOBFINISH', '', 'send-result', '群发结果', 'Mass message result', 'no', { MsgID: '1000001625', Status: 'send success', TotalCount: 120, FilterCount: 110, SentCount: 108, ErrorCount: 2, CopyrightCheckResult: { Count: 0, ResultList: {}, CheckState: 1 }, ArticleUrlResult: { Count: 0, ResultList: {} } }],
  ['event.MASSSENDJOBFINISH', 'copyright', 'send-result', '群发原创校验', 'Mass message copyright check', 'no', { MsgID: '3147483661', Status: 'err(30003)', TotalCount: 0, FilterCount: 0, SentCount: 0, ErrorCount: 0, CopyrightCheckResult: { Count: 2, ResultList: { item: [{ ArticleIdx: 1, UserDeclareState: 0, AuditState: 2, OriginalArticleUrl: 'http://mp.weixin.qq.com/s?a=1&b=2', OriginalArticleType: 1, CanReprint: 1, NeedReplaceContent: 1, NeedShowReprintSource: 1 }, { ArticleIdx: 2, UserDeclareState: 0, AuditState: 2, OriginalArticleUrl: 'http://mp.weixin.qq.com/s?a=3&b=4', OriginalArticleType: 1, CanReprint: 1, NeedReplaceContent: 1, NeedShowReprintSource: 1 }] }, CheckState: 2 }, ArticleUrlResult: { Count: 1, ResultList: { item: { ArticleIdx: 1, ArticleUrl: 'http://mp.weixin.qq.com/s?a=5' } } } }],
  ['event.PUBLISHJOBFINISH', 'success', 'send-result', '发布成功', 'Published', 'no', { PublishEventInfo: { publish_id: 2247503051, publish_status: 0, article_id: 'b5O2OUs25HBxRceL7hfReg-U9QGeq9zQjiDvyWP4Hq4', article_detail: { count: 1, item: { idx: 1, article_url: 'http://mp.weixin.qq.com/s?__biz=Mz&idx=1' } } } }],
  ['event.PUBLISHJOBFINISH', 'audit-fail', 'send-result', '发布审核未过', 'Publishing refused', 'no', { PublishEventInfo: { publish_id: 2247503051, publish_status: 4, fail_idx: 1 } }],
  ['event.subscribe_msg_popup_event', '', 'send-result', '订阅通知弹窗', 'Notice opt-in', 'no', { SubscribeMsgPopupEvent: { List: { TemplateId: 'VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0Exa', SubscribeStatusString: 'accept', PopupScene: 2 } } }],
  ['event.subscribe_msg_change_event', '', 'send-result', '订阅通知管理', 'Notice settings', 'no', { SubscribeMsgChangeEvent: { List: { TemplateId: 'VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0Exa', SubscribeStatusString: 'reject' } } }],
  ['event.subscribe_msg_sent_event', '', 'send-result', '订阅通知送达', 'Notice delivered', 'no', { SubscribeMsgSentEvent: { List: { TemplateId: 'VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0Exa', MsgID: '1700827132819554305', ErrorCode: 0, ErrorStatus: 'success' } } }],
];
