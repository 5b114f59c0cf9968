import type { TemplateRow } from './row.js';

/** Messages of users. Sample values are made up. */
// prettier-ignore
export const MESSAGES: readonly TemplateRow[] = [
  ['message.text', '', 'message', '文本', 'Text', 'yes', { Content: '你好' }],
  ['message.image', '', 'message', '图片', 'Image', 'yes', { PicUrl: 'http://mmbiz.qpic.cn/mmbiz_jpg/abcDEF123/0', MediaId: 'sRystCbE6Gjdt3h5GoB28k1QEquxy82Vc_Mp22J0IO-EXAMPLE' }],
  ['message.voice', '', 'message', '语音', 'Voice', 'yes', { MediaId: 'sRystCbE6Gjdt3h5GoB28tefdcj5-EXAMPLE_A', Format: 'amr', Recognition: '', MediaId16K: 'sRystCbE6Gjdt3h5GoB28l8pLxA3A82-EXAMPLE_B' }],
  ['message.video', '', 'message', '视频', 'Video', 'yes', { MediaId: 'sRystCbE6Gjdt3h5GoB28rpoU6VM-EXAMPLE', ThumbMediaId: 'sRystCbE6Gjdt3h5GoB28gcsEdsg-EXAMPLE' }],
  ['message.shortvideo', '', 'message', '小视频', 'Short video', 'yes', { MediaId: 'hcik2O_g6Pa6d2RjvZze-EXAMPLE', ThumbMediaId: '5Sykx9I2TiVMmU0EAYTiSVZ7-EXAMPLE' }],
  ['message.location', '', 'message', '位置', 'Location', 'yes', { Location_X: '28.169680', Location_Y: '112.929260', Scale: 15, Label: '湖南省长沙市岳麓区' }],
  ['message.link', '', 'message', '链接', 'Link', 'yes', { Title: 'A & B <特别> 标题', Description: 'http://mp.weixin.qq.com/s?__biz=MjM5&mid=4015&idx=2#rd', Url: 'http://mp.weixin.qq.com/s?__biz=MjM5&mid=4015&idx=2&sn=2a58&scene=2#rd' }],
  ['message.file', '', 'message', '文件', 'File', 'yes', { Title: '报价单.pdf', Description: '', FileKey: 'BAAAAAAAAACEXAMP', FileMd5: '95d98d3bf1b251a9e4a40f3bd88eef00', FileTotalLen: 20480 }],
  ['message.miniprogrampage', '', 'message', '小程序卡片', 'Mini-program card', 'yes', { Title: '标题', AppId: 'wx1a2b3c4d5e6f7081', PagePath: 'pages/home/home?id=1&x=%20', ThumbUrl: 'http://mmbiz.qpic.cn/mmbiz_jpg/card/0', ThumbMediaId: 'zLdhra8XmU2-EXAMPLE' }],
  ['message.text', 'unsupported', 'message', '不支持的消息', 'Unsupported message', 'yes', { Content: '【收到不支持的消息类型，暂无法显示】' }],
  ['message.text', 'from-article', 'message', '文章里发来的文本', 'Text sent from an article', 'yes', { Content: '这篇文章写得好', MsgDataId: '2247486789', Idx: '1' }],
  ['message.voice', 'recognition', 'message', '带识别结果的语音', 'Voice with recognised text', 'yes', { MediaId: 'NUjTR19l2n7kxNmmol1K3unuUrk-EXAMPLE', Format: 'amr', Recognition: '今天天气怎么样？' }],
  ['message.device_text', '', 'message', '设备消息', 'Device text', 'no', { DeviceType: 'gh_b52b1f8c3a7d', DeviceID: 'dev-0001', Content: 'aGVsbG8=', SessionID: 90000001, OpenID: 'oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA' }],
  ['message.device_event', 'bind', 'message', '设备绑定', 'Device bound', 'no', { Event: 'bind', DeviceType: 'gh_b52b1f8c3a7d', DeviceID: 'dev-0001', Content: '', SessionID: 0, OpenID: 'oX4mJ6kq2Zt0v9sQeWcYb1uLhNrA' }],
  ['message.some_future_type', '', 'message', '未知类型', 'Unknown type', 'no', { Payload: 'x' }],
];
