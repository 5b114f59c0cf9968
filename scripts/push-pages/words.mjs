/** The texts of docs/pushes.md in both languages, besides those read from the code. */
export const WORDS = {
  zh: {
    title: '推送一览',
    otherLanguage: '[English](../pushes.md)',
    intro: [
      '微信推送的每一种消息和事件，各有哪些字段，处理模块看到的是什么。本页由 `npm run docs:pushes` 根据代码和样例生成，请不要手改。',
      "处理模块用 `on` 声明要哪一种：`on: 'event.subscribe'` 是一种，`on: 'event'` 是全部事件，`on: 'message'` 是全部消息，`on: '*'` 是全部推送。`ctx.push` 的类型随之确定。名称一律小写，不管微信怎样拼写。",
    ],
    common: '每个推送都有的字段',
    commonRows: [
      ['kind', '', 'string', '种类，例如 `message.text`'],
      ['id', '', 'string', '同一个推送的每次尝试都相同，用来排重'],
      ['account', 'ToUserName', 'string', '账号的原始 ID，`gh_…`'],
      ['user', 'FromUserName', 'string', '发送者的 OpenID；平台通知里是平台，相关用户在另外的字段里'],
      ['sentAt', 'CreateTime', 'Date', '微信的时间，精确到秒'],
      ['msgType', 'MsgType', 'string', '原样'],
      ['fields', '', 'object', '全部元素，按原来的名称和层次；本页没有的字段也在这里'],
      ['raw', '', 'string', '解密后的正文'],
    ],
    message: '消息还有',
    messageRows: [
      ['msgId', 'MsgId', 'string', '64 位，文本'],
      ['msgDataId', 'MsgDataId', 'string?', '从文章里发来时：文章的消息数据 id'],
      ['articleIdx', 'Idx', 'number?', '从文章里发来时：第几篇，从 1 开始'],
    ],
    event: '事件还有',
    eventRows: [['event', 'Event', 'string', '原样，大小写不变']],
    note: '类型后面的 `?` 表示可能没有，值为 `undefined`。其余字段缺失时，文本是空字符串，数字是 `NaN`，列表是空的。id 一律是文本：64 位的数字放不进 JavaScript 的 number。样例里写成文本的时间，在代码里是 `Date`。',
    columns: ['字段', '微信的元素', '类型', '含义'],
    indexColumns: ['推送', '含义', '被动回复', '下发额度'],
    reply: { yes: '可以', possible: '可以，通常没有必要', no: '不会显示' },
    quota: (messages, durationMs) =>
      durationMs >= 3_600_000
        ? `${durationMs / 3_600_000} 小时 ${messages} 条`
        : `${durationMs / 60_000} 分钟 ${messages} 条`,
    none: '—',
    orElse: ' 或 ',
    about: (name, reply) => `${name}。被动回复：${reply}。`,
    pushed: '推送：',
    seen: '处理模块看到的 `ctx.push`（省略 `id`、`fields`、`raw`）：',
    noFields: '没有自己的字段。',
    noSample: '没有公开的样例。',
    index: '目录',
    groups: {
      messages: '用户消息',
      userEvents: '关注、菜单与位置',
      sendingEvents: '发送结果',
      accountEvents: '客服、授权与认证',
      cardEvents: '卡券与发票',
      placeEvents: '门店、商品与设备',
      miniProgramEvents: '小程序与调试',
      platformNotices: '第三方平台的通知',
      unknown: '其他',
    },
  },
  en: {
    title: 'All pushes',
    otherLanguage: '[中文](zh/pushes.md)',
    intro: [
      'Every kind of message and event that WeChat pushes, its fields, and what handlers see of it. `npm run docs:pushes` makes this page out of the code and the samples; do not edit it.',
      "A handler says by `on` which it wants: `on: 'event.subscribe'` is one kind, `on: 'event'` all events, `on: 'message'` all messages, `on: '*'` everything. The type of `ctx.push` follows. Names are lower case, however WeChat spells them.",
    ],
    common: 'What every push has',
    commonRows: [
      ['kind', '', 'string', 'such as `message.text`'],
      ['id', '', 'string', 'the same for every attempt of one push; attempts are recognised by it'],
      ['account', 'ToUserName', 'string', 'original id of the account, `gh_…`'],
      [
        'user',
        'FromUserName',
        'string',
        'OpenID of the sender; the platform in notices, where the user concerned has a separate field',
      ],
      ['sentAt', 'CreateTime', 'Date', 'by WeChat’s clock, in whole seconds'],
      ['msgType', 'MsgType', 'string', 'as it came'],
      [
        'fields',
        '',
        'object',
        'every element under its own name, nested; those that this page does not have, too',
      ],
      ['raw', '', 'string', 'the opened body'],
    ],
    message: 'Messages also have',
    messageRows: [
      ['msgId', 'MsgId', 'string', '64 bits as text'],
      ['msgDataId', 'MsgDataId', 'string?', 'sent from an article: data id of its mass message'],
      ['articleIdx', 'Idx', 'number?', 'sent from an article: its number, from 1'],
    ],
    event: 'Events also have',
    eventRows: [['event', 'Event', 'string', 'as it was spelt']],
    note: 'A `?` behind the type says that the field may be `undefined`. Other missing fields are an empty string, `NaN` or an empty list. Ids are text: 64 bits do not fit into a JavaScript number. A time that the samples show as text is a `Date` in code.',
    columns: ['field', 'WeChat’s element', 'type', 'meaning'],
    indexColumns: ['push', 'meaning', 'passive reply', 'send quota'],
    reply: { yes: 'yes', possible: 'possible, rarely useful', no: 'is not shown' },
    quota: (messages, durationMs) =>
      durationMs >= 3_600_000
        ? `${messages} in ${durationMs / 3_600_000} hours`
        : `${messages} in ${durationMs / 60_000} minute`,
    none: '–',
    orElse: ' or ',
    about: (name, reply) => `${name}. Passive reply: ${reply}.`,
    pushed: 'The push:',
    seen: 'What handlers see as `ctx.push` (without `id`, `fields` and `raw`):',
    noFields: 'It has no fields of its own.',
    noSample: 'No sample is public.',
    index: 'Contents',
    groups: {
      messages: 'Messages of users',
      userEvents: 'Following, menu and position',
      sendingEvents: 'Results of sending',
      accountEvents: 'Staff, consent and verification',
      cardEvents: 'Cards and invoices',
      placeEvents: 'Stores, products and devices',
      miniProgramEvents: 'Mini-programs and the console',
      platformNotices: 'Notices to third-party platforms',
      unknown: 'Anything else',
    },
  },
};

/**
 * Names of the kinds that the sandbox has no template for, or one of a single case: Chinese, English, whether a reply is
 * shown.
 */
export const OTHER_NAMES = {
  'message.device_event': ['设备事件', 'Device event', 'no'],
  'event.templatesendjobfinish': ['模板消息的发送结果', 'Result of a template message', 'no'],
  'event.publishjobfinish': ['发布结果', 'Result of a publication', 'no'],
  'message.device_status': ['设备状态', 'Device status', 'no'],
  'message.hardware': ['硬件排行榜', 'Hardware rank card', 'no'],
  'message.unknown': [
    '代码还不认识的消息，字段在 `fields` 里',
    'A message that the code does not know; all of it is in `fields`',
    'possible',
  ],
  'event.card_merchant_auth_check_result': ['子商户授权审核', 'Merchant authorization checked', 'no'],
  'event.add_guide_buyer_relation_event': ['顾问与客户建立关系', 'Guide and customer connected', 'no'],
  'event.add_nearby_poi_audit_info': ['附近的小程序：地点审核', 'Nearby place checked', 'no'],
  'event.nearby_category_audit_info': ['附近的小程序：类目审核', 'Nearby category checked', 'no'],
  'event.wxa_illegal_record': ['违规记录', 'Violation', 'no'],
  'event.unknown': [
    '代码还不认识的事件，字段在 `fields` 里',
    'An event that the code does not know; all of it is in `fields`',
    'possible',
  ],
  'info.component_verify_ticket': ['验证票据（第三方平台）', 'Verify ticket (third-party platform)', 'no'],
  'info.authorized': ['授权成功（第三方平台）', 'Authorized (third-party platform)', 'no'],
  'info.updateauthorized': ['授权更新（第三方平台）', 'Authorization changed (third-party platform)', 'no'],
  'info.unauthorized': ['取消授权（第三方平台）', 'Authorization withdrawn (third-party platform)', 'no'],
  'info.notify_third_fasteregister': [
    '快速注册企业小程序（第三方平台）',
    'Mini-program registered (third-party platform)',
    'no',
  ],
  'info.unknown': [
    '第三方平台的通知，没有 MsgType',
    'A notice to a third-party platform, without MsgType',
    'no',
  ],
};
