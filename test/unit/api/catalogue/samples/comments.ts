import type { Samples } from './sample.js';

const ARTICLE = { msg_data_id: 2247483691, index: 0 } as const;
const COMMENT = { ...ARTICLE, user_comment_id: 9007199254740993n } as const;
const SENT = '{"msg_data_id":2247483691,"index":0,"user_comment_id":9007199254740993}';

export const comments: Samples<'comments'> = {
  open: {
    request: ARTICLE,
    wire: 'POST /cgi-bin/comment/open',
    sent: '{"msg_data_id":2247483691,"index":0}',
  },
  close: {
    request: { msg_data_id: 2247483691n },
    wire: 'POST /cgi-bin/comment/close',
    sent: '{"msg_data_id":2247483691}',
  },
  list: {
    request: { ...ARTICLE, begin: 0, count: 49, type: 0 },
    wire: 'POST /cgi-bin/comment/list',
    sent: '{"msg_data_id":2247483691,"index":0,"begin":0,"count":49,"type":0}',
    text: '{"errcode":0,"errmsg":"ok","total":1,"comment":[{"user_comment_id":9007199254740993,"openid":"oUser","create_time":1736670621,"content":"好文","comment_type":1,"reply":{"content":"谢谢","create_time":1736670700}}]}',
    result: {
      total: 1,
      comment: [
        {
          user_comment_id: '9007199254740993',
          openid: 'oUser',
          create_time: 1736670621,
          content: '好文',
          comment_type: 1,
          reply: { content: '谢谢', create_time: 1736670700 },
        },
      ],
    },
  },
  select: { request: COMMENT, wire: 'POST /cgi-bin/comment/markelect', sent: SENT },
  unselect: { request: COMMENT, wire: 'POST /cgi-bin/comment/unmarkelect', sent: SENT },
  remove: { request: COMMENT, wire: 'POST /cgi-bin/comment/delete', sent: SENT },
  reply: {
    request: { ...COMMENT, content: '谢谢' },
    wire: 'POST /cgi-bin/comment/reply/add',
    sent: SENT.replace('}', ',"content":"谢谢"}'),
  },
  removeReply: { request: COMMENT, wire: 'POST /cgi-bin/comment/reply/delete', sent: SENT },
};
