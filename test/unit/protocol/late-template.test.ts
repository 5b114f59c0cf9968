import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { CustomerServiceMessage } from '../../../src/protocol/customer-service-message.js';
import { fillTemplate } from '../../../src/protocol/late-template.js';

const text = (content: string): CustomerServiceMessage => ({ msgtype: 'text', text: { content } });
const filled = (field: string, messages: readonly CustomerServiceMessage[]): string =>
  fillTemplate(
    { type: 'template', templateId: 'T', data: { field } },
    { messages, handler: 'shop/order', atMs: Date.UTC(2026, 6, 31, 16, 5) },
  )['field']?.value ?? '';

describe('given the fields of a template', () => {
  test.each([
    ['{answer}', [text('  第一行\n\n第二行\u0007 ')], '第一行 第二行'],
    ['{answer}', [text('一'), text('二')], '一 二'],
    ['答：{answer:5}', [text('一二三四五')], '答：一二三四五'],
    ['答：{answer:5}', [text('一二三四五六')], '答：一二三四…'],
    ['{answer:5}', [text('ab👨‍👩‍👧')], 'ab…'],
    ['{answer:1}', [text('ab')], '…'],
    ['{answer}', [text('看<a href="https://x.example">这里</a>')], '看这里'],
    ['{answer}', [{ msgtype: 'image', image: { media_id: 'm' } } as const], '[图片]'],
    ['{answer}', [text(' ')], '…'],
    ['{time}', [], '2026年8月1日 00:05'],
    ['{handler}: {answer:3}', [text('好的')], 'shop/order: 好的'],
    ['{other}', [], '{other}'],
  ])('when %j is filled with %j, then it is %j', (field, messages, expected) => {
    expect(filled(field, messages)).toBe(expected);
  });

  test('when any answer is cut, then it is short enough, begins as the answer does, and is never empty', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (content, most) => {
        const value = filled(`{answer:${most}}`, [text(content)]);
        expect(value.length).toBeGreaterThan(0);
        expect(value.length).toBeLessThanOrEqual(most);
        const whole = filled('{answer}', [text(content)]);
        expect(whole.startsWith(value.replace(/…$/, '')) || whole === value).toBe(true);
        expect(Buffer.from(value).toString()).toBe(value);
      }),
    );
  });
});
