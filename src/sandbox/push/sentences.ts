import type { VerdictCause } from '../types/types.js';

/** The failure notice that a follower sees. */
export const GREY_SENTENCE = '该公众号提供的服务出现故障，请稍后再试';

/** Causes for the developer, in Chinese and English. */
export const CAUSES: Readonly<Record<VerdictCause, readonly [zh: string, en: string]>> = {
  late: ['五秒内没有完整的应答，每次重试都是如此', 'No complete answer within five seconds, in any try'],
  'connection-refused': ['目标地址没有程序在监听', 'Nobody listens at the target'],
  'connection-lost': ['连接在应答完整之前断开', 'The connection broke before the answer was complete'],
  unreachable: ['无法连接到目标地址', 'The target cannot be reached'],
  'http-status': ['HTTP 状态码不是 200', 'The HTTP status is not 200'],
  'not-xml': ['应答既不是 XML，也不是 success 或空串', 'The answer is neither XML nor success nor empty'],
  'malformed-xml': ['应答的 XML 格式不正确', 'The XML of the answer is not well-formed'],
  unsealed: ['安全模式下的回复没有加密', 'The reply is not sealed although the mode is safe'],
  'bad-envelope': [
    '加密的回复无法解密，或 AppID 不符',
    'The sealed reply does not open, or holds another AppID',
  ],
  'bad-msg-signature': ['回复的 MsgSignature 不正确', 'MsgSignature does not fit the reply'],
  'wrong-from': [
    'FromUserName 不是公众号的原始 ID（gh_…）',
    'FromUserName is not the original id of the account (gh_…)',
  ],
  'wrong-to': ['ToUserName 不是用户的 OpenID', 'ToUserName is not the OpenID of the follower'],
  'unknown-type': ['MsgType 不是可被动回复的类型', 'MsgType is not one that replies know'],
  'empty-content': ['文本回复的 Content 为空', 'The Content of the text reply is empty'],
  'missing-field': ['回复缺少必填字段', 'A required field of the reply is absent'],
  'too-long': ['Content 超过 2048 字节', 'Content is longer than 2,048 bytes'],
  'bad-echostr': ['应答不是 echostr 原文', 'The answer is not the echostr, byte for byte'],
  'mark-fail': [
    '失败过多，微信暂停推送一分钟（MarkFail）',
    'Too many failures: pushes stop for one minute (MarkFail)',
  ],
  'not-following': ['用户没有关注公众号', 'The user does not follow the account'],
  blacklisted: ['用户在公众号的黑名单里', 'The user is on the blacklist of the account'],
};
