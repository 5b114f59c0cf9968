import { describe, expect, test } from '@jest/globals';
import { takesValue } from '../../../../src/sandbox/wechat-api/template-values.js';

describe('given the keywords of a template', () => {
  test.each([
    ['thing1', '二十个字以内的任何内容 ok', true],
    ['thing1', '一'.repeat(21), false],
    ['number1', '-12.50', true],
    ['number1', '12个', false],
    ['letter1', 'ABC', true],
    ['letter1', 'A1', false],
    ['symbol1', '！?', true],
    ['symbol1', 'a!', false],
    ['character_string2', 'NO.2026-01_a', true],
    ['character_string2', '单号1', false],
    ['time3', '2026年6月1日 15:01', true],
    ['time3', '2026-06-01 15:01:30', true],
    ['time3', '15:01~16:01', true],
    ['time3', '25:01', false],
    ['time3', '明天下午', false],
    ['date4', '2026年6月1日', true],
    ['date4', '2026-06-01 08:00 ~ 2026-06-02 08:00', true],
    ['date4', '15:01', false],
    ['amount5', '¥12.50', true],
    ['amount5', '12.5元', true],
    ['amount5', '十二元', false],
    ['phone_number6', '+86-0766-66888866', true],
    ['phone_number6', '请致电', false],
    ['car_number7', '粤A8Z888挂', true],
    ['car_number7', '粤A8Z888挂车号', false],
    ['name8', '张三', true],
    ['name8', 'Alex Li', true],
    ['name8', '张三2', false],
    ['phrase9', '配送中', true],
    ['phrase9', '配送中途停止了', false],
    ['first', '任何内容'.repeat(20), true],
    ['keyword1', '任何内容'.repeat(20), true],
    ['constructor1', 'x', true],
  ])('when %s gets %s, then whether it takes that is %s', (keyword, value, takes) => {
    expect(takesValue(keyword, value)).toBe(takes);
  });
});
