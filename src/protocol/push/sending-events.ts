import type { Fields } from '../fields.js';
import { block, blocks, number, optionalNumber, optionalText, text, texts } from './read-field.js';
import type { Readers } from './readers.js';

/** Results of what the account sent or published. Source: pages of template, mass, publish and 订阅通知. */
export const sendingEvents = {
  'event.templatesendjobfinish': (f) => ({
    msgId: text(f, 'MsgID', 'MsgId'),
    /** `success`, `failed:user block`, `failed: system failed`. Compare without blanks, which vary. */
    status: text(f, 'Status'),
  }),
  'event.masssendjobfinish': (f) => ({
    msgId: text(f, 'MsgID', 'MsgId'),
    /** `send success`, `send fail`, `err(n)`. */
    status: text(f, 'Status'),
    totalCount: number(f, 'TotalCount'),
    filterCount: number(f, 'FilterCount'),
    sentCount: number(f, 'SentCount'),
    errorCount: number(f, 'ErrorCount'),
    /** 1 sendable, 2 sendable as a reprint, 3 not sendable; absent if nothing was checked. */
    copyrightCheckState: optionalText(block(f, 'CopyrightCheckResult'), 'CheckState'),
    copyrightChecks: blocks(f, 'CopyrightCheckResult', 'ResultList', 'item').map(copyrightCheck),
    articleUrls: blocks(f, 'ArticleUrlResult', 'ResultList', 'item').map((item) => ({
      articleIdx: number(item, 'ArticleIdx'),
      articleUrl: text(item, 'ArticleUrl'),
    })),
  }),
  'event.publishjobfinish': (f) => {
    const info = block(f, 'PublishEventInfo');
    return {
      publishId: text(info, 'publish_id'),
      /** 0 success, 1 running, 2 originality check failed, 3 failed, 4 audit refused, 5 deleted, 6 banned. */
      publishStatus: number(info, 'publish_status'),
      articleId: optionalText(info, 'article_id'),
      articles: blocks(info, 'article_detail', 'item').map((item) => ({
        idx: number(item, 'idx'),
        articleUrl: text(item, 'article_url'),
      })),
      /** Numbers of the articles that failed, from 1. */
      failIdx: texts(info, 'fail_idx').map(Number),
    };
  },
  'event.subscribe_msg_popup_event': (f) => ({
    choices: notices(f).map((item) => ({ ...choice(item), popupScene: text(item, 'PopupScene') })),
  }),
  'event.subscribe_msg_change_event': (f) => ({ choices: notices(f).map(choice) }),
  'event.subscribe_msg_sent_event': (f) => ({
    results: notices(f).map((item) => ({
      templateId: text(item, 'TemplateId'),
      msgId: text(item, 'MsgID', 'MsgId'),
      errorCode: number(item, 'ErrorCode'),
      errorStatus: text(item, 'ErrorStatus'),
    })),
  }),
} satisfies Readers;

function copyrightCheck(item: Fields) {
  return {
    articleIdx: number(item, 'ArticleIdx'),
    userDeclareState: text(item, 'UserDeclareState'),
    auditState: text(item, 'AuditState'),
    originalArticleUrl: text(item, 'OriginalArticleUrl'),
    originalArticleType: text(item, 'OriginalArticleType'),
    canReprint: text(item, 'CanReprint') === '1',
    needReplaceContent: text(item, 'NeedReplaceContent') === '1',
    needShowReprintSource: optionalNumber(item, 'NeedShowReprintSource') === 1,
  };
}

/** Finds the list: in a block named after the event, in the popup's block (older pages), or at the top level (JSON). */
function notices(f: Fields): Fields[] {
  return ['SubscribeMsgPopupEvent', 'SubscribeMsgChangeEvent', 'SubscribeMsgSentEvent']
    .flatMap((wrapper) => blocks(f, wrapper, 'List'))
    .concat(blocks(f, 'List'));
}

function choice(item: Fields) {
  return {
    templateId: text(item, 'TemplateId'),
    /** `accept` or `reject`. */
    status: text(item, 'SubscribeStatusString'),
  };
}
