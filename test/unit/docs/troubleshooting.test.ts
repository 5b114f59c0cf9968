import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { STEP_IDS } from '../../../src/cli/doctor/step.js';

const PROMPTS = [
  'token 验证失败',
  '配置失败',
  '该公众号提供的服务出现故障',
  '请求 URL 超时',
  '系统发生错误，请稍后重试',
  '40164',
  '40001',
  '48001',
  '45015',
];

describe.each(['docs/troubleshooting.md', 'docs/zh/troubleshooting.md'])('given %s', (path) => {
  const page = readFileSync(path, 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` /gm)].map(([, id]) => id);

  test('when its table of steps is held against doctor, then it has each of them, in order', () => {
    expect(rows).toEqual([...STEP_IDS]);
  });

  test.each(PROMPTS)('when %s is looked up, then it is there, with its steps', (prompt) => {
    const row = page.split('\n').find((line) => line.startsWith('| ') && line.includes(prompt)) ?? '';
    expect(row).not.toBe('');
    const named = [...row.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, id]) => id);
    if (!prompt.startsWith('450')) expect(named.length).toBeGreaterThan(0);
    expect(named.filter((id) => !STEP_IDS.some((known) => known === id) && id !== 'doctor')).toEqual([]);
  });
});
