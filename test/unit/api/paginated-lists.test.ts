import { describe, expect, test } from '@jest/globals';
import type { Page, Paginated } from '../../../src/api/paginate.js';
import { echoedClient } from './catalogue/echoed-client.js';

const { far, client } = echoedClient();

async function all<Item>(walk: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of walk) items.push(item);
  return items;
}
const pagesOf = <Item>(walk: Paginated<Item>): Promise<Page<Item>[]> => all(walk.pages());
const asked = () => far().received.map(({ wire, body }) => (body === '' ? wire : `${wire} ${body}`));

describe('given followers on several pages', () => {
  const PAGES = [
    '{"total":3,"count":2,"data":{"openid":["a","b"]},"next_openid":"b"}',
    '{"total":3,"count":1,"data":{"openid":["c"]},"next_openid":"c"}',
    '{"total":3,"count":0,"next_openid":""}',
  ];

  test('when they are walked over, then each comes once, though the last page names a cursor and the one behind it has no data', async () => {
    far().answer(...PAGES);
    expect(await all(client().all.followers())).toEqual(['a', 'b', 'c']);
    expect(asked()).toEqual([
      'GET /cgi-bin/user/get',
      'GET /cgi-bin/user/get?next_openid=b',
      'GET /cgi-bin/user/get?next_openid=c',
    ]);
  });

  test('when somebody stops early, then no further page is fetched', async () => {
    far().answer(...PAGES);
    for await (const user of client().all.followers()) if (user === 'b') break;
    expect(asked()).toHaveLength(1);
  });

  test('when a walk is taken up where another ended, then it goes on from there', async () => {
    far().answer(...PAGES);
    const [first] = await pagesOf(client().all.followers());
    expect(first).toEqual({ items: ['a', 'b'], total: 3, next: 'b' });
    far().received.length = 0;
    far().answer(PAGES[1] ?? '', PAGES[2] ?? '');
    expect(await all(client().all.followers({ from: 'b' }))).toEqual(['c']);
  });

  test('when it is walked over twice, then it begins anew', async () => {
    const walk = client().all.followers();
    far().answer(...PAGES);
    expect(await all(walk)).toHaveLength(3);
    far().answer(...PAGES);
    expect(await all(walk)).toHaveLength(3);
  });

  test.each([
    ['nobody follows', '{"total":0,"count":0,"next_openid":""}', []],
    ['the cursor is a blank', '{"total":1,"count":1,"data":{"openid":["a"]},"next_openid":" "}', ['a']],
    ['there is no cursor', '{"total":1,"count":1,"data":{"openid":["a"]}}', ['a']],
    [
      'the cursor does not move',
      '{"total":9,"count":1,"data":{"openid":["a"]},"next_openid":"a"}',
      ['a', 'a'],
    ],
  ])('when %s, then it ends', async (_name, answer, expected) => {
    far().answer(answer);
    expect(await all(client().all.followers())).toEqual(expected);
  });

  test('when a page is refused, then the walk rejects', async () => {
    far().answer(PAGES[0] ?? '', '{"errcode":45009,"errmsg":"reach max api daily quota limit"}');
    await expect(all(client().all.followers())).rejects.toMatchObject({ errcode: 45009 });
  });

  test('when it is given up, then nothing more is asked', async () => {
    const giving = new AbortController();
    far().answer(...PAGES);
    const walking = (async () => {
      for await (const user of client().all.followers({ signal: giving.signal }))
        if (user === 'b') giving.abort();
    })();
    await expect(walking).rejects.toMatchObject({ code: 'api_unreachable', sent: false });
    expect(asked()).toHaveLength(1);
  });
});

describe('given the other lists', () => {
  test('when fans of a tag and the blacklist are walked over, then each goes on under its own name for the cursor', async () => {
    far().answer('{"count":1,"data":{"openid":["a"]},"next_openid":"a"}', '{"count":0}');
    expect(await all(client().all.fansOfTag({ tagid: 7 }))).toEqual(['a']);
    far().answer('{"total":1,"count":1,"data":{"openid":["a"]},"next_openid":"a"}', '{"total":1,"count":0}');
    expect(await all(client().all.blacklist())).toEqual(['a']);
    expect(asked()).toEqual([
      'POST /cgi-bin/user/tag/get {"tagid":7}',
      'POST /cgi-bin/user/tag/get {"tagid":7,"next_openid":"a"}',
      'POST /cgi-bin/tags/members/getblacklist {}',
      'POST /cgi-bin/tags/members/getblacklist {"begin_openid":"a"}',
    ]);
  });

  test('when chat records are walked over, then it goes on while pages are full, with every digit of the cursor', async () => {
    const record = '{"openid":"o","opercode":2002,"text":"t","time":1,"worker":"w"}';
    far().answer(
      `{"recordlist":[${record},${record}],"number":2,"msgid":9007199254740993}`,
      `{"recordlist":[${record}],"number":1,"msgid":9007199254740994}`,
    );
    expect(await all(client().all.chatRecords({ starttime: 1, endtime: 2, number: 2 }))).toHaveLength(3);
    expect(asked()).toEqual([
      'POST /customservice/msgrecord/getmsglist {"starttime":1,"endtime":2,"msgid":1,"number":2}',
      'POST /customservice/msgrecord/getmsglist {"starttime":1,"endtime":2,"msgid":9007199254740993,"number":2}',
    ]);
  });

  test('when titles of the template library are walked over, then by number until all are there', async () => {
    const title = '{"tid":99,"title":"t","type":2,"categoryId":"616"}';
    far().answer(`{"count":3,"data":[${title},${title}]}`, `{"count":3,"data":[${title}]}`);
    expect(await all(client().all.noticeTitles({ ids: '616' }))).toHaveLength(3);
    expect(asked().at(-1)).toBe('GET /wxaapi/newtmpl/getpubtemplatetitles?ids=616&start=2&limit=30');
  });

  test('when material is walked over, then by number too', async () => {
    far().answer(
      '{"total_count":2,"item_count":1,"item":[{"media_id":"a"}]}',
      '{"total_count":2,"item_count":1,"item":[{"media_id":"b"}]}',
    );
    expect(await all(client().all.materials({ type: 'image' }))).toEqual([
      { media_id: 'a' },
      { media_id: 'b' },
    ]);
    expect(asked()).toEqual([
      'POST /cgi-bin/material/batchget_material {"type":"image","offset":0,"count":20}',
      'POST /cgi-bin/material/batchget_material {"type":"image","offset":1,"count":20}',
    ]);
  });

  test('when drafts or publications are walked over, then an empty page ends it whatever the total says', async () => {
    far().answer(
      '{"total_count":3,"item_count":1,"item":[{"media_id":"m"}]}',
      '{"total_count":3,"item_count":0}',
    );
    expect(await all(client().all.drafts({ no_content: 1 }))).toEqual([{ media_id: 'm' }]);
    far().answer('{"total_count":1,"item_count":1,"item":[{"article_id":"a"}]}');
    expect(await all(client().all.publications())).toEqual([{ article_id: 'a' }]);
    expect(asked()).toEqual([
      'POST /cgi-bin/draft/batchget {"no_content":1,"offset":0,"count":20}',
      'POST /cgi-bin/draft/batchget {"no_content":1,"offset":1,"count":20}',
      'POST /cgi-bin/freepublish/batchget {"offset":0,"count":20}',
    ]);
  });
});
