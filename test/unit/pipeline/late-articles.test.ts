import { describe, expect, test } from '@jest/globals';
import { toCustomerServiceMessages } from '../../../src/pipeline/split-reply.js';
import { reply } from '../../../src/protocol/reply.js';

describe('given the reply to an event that has several articles', () => {
  test('when it travels late, then each article is a message, and none is lost', () => {
    const articles = ['a', 'b', 'c'].map((title) => ({ title, description: 'd', picUrl: 'p', url: 'u' }));
    expect(toCustomerServiceMessages(reply.news(articles))).toEqual(
      articles.map(({ title }) => ({
        msgtype: 'news',
        news: { articles: [{ title, description: 'd', picurl: 'p', url: 'u' }] },
      })),
    );
  });
});
