import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { defineHandler, tapPush, textPush, tryHandler } from '../../../src/index.js';
import type { ChatItem, Exchange } from '../../../src/sandbox/types/types.js';
import { pageModule } from '../../support/app/page-module.js';

interface Segment {
  readonly text: string;
  readonly href?: string;
  readonly menu?: { readonly id: string; readonly content: string };
}
interface Ruler {
  readonly spanMs: number;
  readonly ticks: readonly { readonly left: number; readonly limit: boolean }[];
  readonly tries: readonly {
    readonly left: number;
    readonly width: number;
    readonly limitWidth: number;
    readonly stages: readonly { readonly left: number; readonly width: number }[];
  }[];
  readonly late: readonly { readonly label: string; readonly left: number; readonly beyond: boolean }[];
}
interface Page {
  readonly exchanges: readonly { readonly id: string; readonly state: string }[];
  readonly clockOffsetMs: number;
}

const { segments } = await pageModule<{ segments: (content: string) => Segment[] }>(
  'sandbox/page/core/segments.js',
);
const { safeUrl } = await pageModule<{ safeUrl: (text: unknown) => string | undefined }>(
  'sandbox/page/core/safe-url.js',
);
const { xmlTokens } = await pageModule<{ xmlTokens: (xml: string) => [string, string][] }>(
  'sandbox/page/core/xml-tokens.js',
);
const { layRuler } = await pageModule<{
  layRuler: (exchange: Partial<Exchange>, late: Partial<ChatItem>[], nowMs: number) => Ruler;
}>('sandbox/page/core/ruler.js');
const { EMPTY, takeEvent, takeState } = await pageModule<{
  EMPTY: Page;
  takeEvent: (state: Page, event: string, data: object, machineMs: number) => Page;
  takeState: (state: Page, answer: object, machineMs: number) => Page;
}>('sandbox/page/core/reduce.js');
const { readField } = await pageModule<{ readField: (text: string, sample: unknown) => unknown }>(
  'sandbox/page/core/fields.js',
);
const { after, countdown, duration } = await pageModule<{
  after: (ms: number) => string;
  countdown: (ms: number) => string;
  duration: (ms: number) => string;
}>('page-kit/format.js');

describe('given a text of the account', () => {
  test.each([
    [
      'see <a href="https://a.example/x">here</a>!',
      [{ text: 'see ' }, { text: 'here', href: 'https://a.example/x' }, { text: '!' }],
    ],
    [
      'https://a.example/x?y=1，好',
      [{ text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' }, { text: '，好' }],
    ],
    ['<a href="javascript:alert(1)">x</a>', [{ text: '<a href="javascript:alert(1)">x</a>' }]],
    [
      '<a href="weixin://bizmsgmenu?msgmenucontent=%E5%A5%BD&msgmenuid=7">好</a>',
      [{ text: '好', menu: { id: '7', content: '好' } }],
    ],
    ['<b>1 < 2</b>', [{ text: '<b>1 < 2</b>' }]],
  ])('when %s is cut, then only what WeChat knows is a link', (content, expected) => {
    expect(segments(content)).toEqual(expected);
  });

  test('when the server offers choices in it, then each is a tap that the server reads', async () => {
    const offering = defineHandler({
      on: 'message.text',
      handle: (ctx) => ctx.reply.choices([{ label: '50% & 好+', id: 'a.b-c_d' }], { head: '选：' }),
      chosen: (ctx, id) => ctx.reply.text(id),
    });
    const tried = await tryHandler(offering, textPush({ content: '选' }));
    const content = tried.type === 'replied' && tried.reply.type === 'text' ? tried.reply.content : '';
    const { menuItemId, content: said } = tapPush(tried, '50% & 好+');
    expect(segments(content)).toEqual([
      { text: '选：\n\n' },
      { text: '50% & 好+', menu: { id: menuItemId, content: said } },
    ]);
  });

  test('when any text is cut, then no letter of what is no link is lost, and links are http or https', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '<a href="',
        '">',
        '</a>',
        'https://',
        'javascript:',
        'weixin://bizmsgmenu?',
        "'",
        '<img src=x>',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const content = pieces.join('');
        const cut = segments(content);
        for (const { href } of cut) if (href !== undefined) expect(href).toMatch(/^https?:\/\//);
        if (!/<a\s/i.test(content)) expect(cut.map(({ text }) => text).join('')).toBe(content);
      }),
    );
  });

  test.each([
    'javascript:alert(1)',
    ' https://a.example',
    'data:text/html,x',
    '//a.example',
    'https://',
    7,
    undefined,
  ])('when the address is %p, then it is not opened', (address) => {
    expect(safeUrl(address)).toBeUndefined();
  });
});

describe('given XML to colour', () => {
  test('when any text is cut, then joined again it is the same', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('<a>', '</a>', '<![CDATA[', ']]>', '<', '>'));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const xml = pieces.join('');
        expect(
          xmlTokens(xml)
            .map(([, part]) => part)
            .join(''),
        ).toBe(xml);
      }),
    );
  });

  test('when an element holds CDATA, then its words are told apart', () => {
    expect(xmlTokens('<A><![CDATA[<b>]]></A>')).toEqual([
      ['tag', '<A>'],
      ['cdata', '<![CDATA['],
      ['value', '<b>'],
      ['cdata', ']]>'],
      ['tag', '</A>'],
    ]);
  });
});

describe('given a push on its ruler', () => {
  const one = (number: number, startedAtMs: number, endedAtMs: number): Exchange['tries'][number] => ({
    number,
    startedAtMs,
    endedAtMs,
    outcome: 'answered',
    method: 'POST',
    url: '',
    requestHeaders: {},
    requestBody: '',
    signatures: [],
    curl: '',
  });

  test('when it was answered at once, then the ruler ends with the five seconds', () => {
    const ruler = layRuler({ atMs: 0, tries: [one(1, 1_000, 2_000)] }, [], 9_000);
    expect(ruler.spanMs).toBe(5_000);
    expect(ruler.tries).toMatchObject([{ left: 0, width: 20, limitWidth: 100 }]);
    expect(ruler.ticks.at(-1)).toMatchObject({ left: 100, limit: true });
  });

  test('when three attempts timed out and a message came later, then all have their place', () => {
    const tries = [one(1, 0, 5_000), one(2, 5_000, 10_000), one(3, 10_000, 15_000)];
    const ruler = layRuler({ atMs: 0, tries }, [{ id: 'c1', afterMs: 19_200 }], 20_000);
    expect(ruler.spanMs).toBe(20_000);
    expect(ruler.tries.map(({ left, width }) => [left, width])).toEqual([
      [0, 25],
      [25, 25],
      [50, 25],
    ]);
    expect(ruler.late).toMatchObject([{ left: 96, label: '+19.2 s', beyond: false }]);
  });

  test('when a message came after hours, then it stands at the edge', () => {
    const ruler = layRuler({ atMs: 0, tries: [one(1, 0, 10)] }, [{ id: 'c1', afterMs: 7_200_000 }], 0);
    expect(ruler).toMatchObject({ spanMs: 30_000, late: [{ left: 100, label: '+2 h', beyond: true }] });
  });

  test('when stages tell more time than the try took, then they are cut at its end', () => {
    const stages = [{ name: 'a', durationMs: 600 }, { name: 'b' }, { name: 'c', durationMs: 900 }];
    const ruler = layRuler({ atMs: 0, tries: [{ ...one(1, 0, 1_000), stages }] }, [], 0);
    expect(ruler.tries[0]?.stages).toMatchObject([
      { left: 0, width: 60 },
      { left: 60, width: 40 },
    ]);
  });
});

describe('given what the stream tells', () => {
  test('when a push changes, then it changes in its place; a new one comes last', () => {
    const running = { id: 'x1', state: 'running' };
    const first = takeEvent(
      takeEvent(EMPTY, 'exchange', running, 0),
      'exchange',
      { id: 'x2', state: 'running' },
      0,
    );
    expect(takeEvent(first, 'exchange', { id: 'x1', state: 'done' }, 0).exchanges).toEqual([
      { id: 'x1', state: 'done' },
      { id: 'x2', state: 'running' },
    ]);
    expect(EMPTY.exchanges).toEqual([]);
  });

  test('when more comes than is kept, then the oldest go', () => {
    const many = Array.from({ length: 502 }, (_, place) => ({ id: `x${place}`, state: 'done' }));
    const state = many.reduce((known, push) => takeEvent(known, 'exchange', push, 0), EMPTY);
    expect([state.exchanges.length, state.exchanges[0]?.id]).toEqual([500, 'x2']);
  });

  test('when the clocks differ, then the offset is kept; an unknown event changes nothing', () => {
    const state = takeState(EMPTY, { nowMs: 5_000 }, 1_000);
    expect(state.clockOffsetMs).toBe(4_000);
    expect(takeEvent(state, 'clock', { nowMs: 9_000, movedMs: 1 }, 2_000).clockOffsetMs).toBe(7_000);
    expect(takeEvent(state, 'of-the-future', {}, 0)).toBe(state);
  });
});

describe('given fields and figures', () => {
  test('when a field is read back, then it has the kind of its sample', () => {
    expect([readField('15', 15), readField('1e', 15), readField('15', 'x'), readField('[1]', [])]).toEqual([
      15,
      '1e',
      '15',
      [1],
    ]);
    expect(() => readField('[', [])).toThrow(SyntaxError);
  });

  test('when durations are written, then their size decides how', () => {
    expect([duration(0.42), duration(128), duration(4_504), duration(15_020)]).toEqual([
      '0.4 ms',
      '128 ms',
      '4.50 s',
      '15.0 s',
    ]);
    expect([after(30), after(6_800), after(240_000), after(172_800_000)]).toEqual([
      '+30 ms',
      '+6.8 s',
      '+4 min',
      '+48 h',
    ]);
    expect([countdown(172_799_000), countdown(59_000), countdown(-1)]).toEqual(['47:59:59', '0:59', '0:00']);
  });
});
