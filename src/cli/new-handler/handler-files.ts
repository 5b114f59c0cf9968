import type { PushKind } from '../../protocol/push/push.js';
import { samplePush } from './sample-push.js';

/** The test runner of a project. */
export type TestRunner = 'node' | 'jest';

export interface HandlerOrder {
  readonly kind: PushKind;
  /** Path within the handlers' directory, without extension. */
  readonly name: string;
  readonly runner: TestRunner;
  /** The import path of the handler in its test. */
  readonly handlerPath: string;
}

/** The texts of a handler and of its test: of an observer, where no reply to such a push reaches its user. */
export function handlerFiles(order: HandlerOrder): { readonly handler: string; readonly test: string } {
  const { elements, isAnswerable } = samplePush(order.kind);
  const push = `buildPush(${literal(elements)})`;
  return isAnswerable
    ? { handler: handlerText(order), test: handlerTest(order, push) }
    : { handler: observerText(order), test: observerTest(order, push) };
}

const handlerText = ({
  kind,
}: HandlerOrder): string => `import { defineHandler } from 'wechat-callback-server';

export default defineHandler({
  on: '${kind}',
  handle: (ctx) => ctx.reply.text(\`收到 \${ctx.push.kind}\`),
});
`;

const handlerTest = (
  { kind, name, runner, handlerPath }: HandlerOrder,
  push: string,
): string => `${imports(runner)}
import { buildPush, tryHandler } from 'wechat-callback-server/testing';
import handler from '${handlerPath}';

const push = ${push};

test('${name}: when a push of the kind ${kind} comes, then it is answered', async () => {
  const tried = await tryHandler(handler, push);
${saysReceived(runner, kind)}
});
`;

const observerText = ({
  kind,
}: HandlerOrder): string => `// No reply to such a push reaches anybody: it is watched.
import { defineObserver } from 'wechat-callback-server';

export default defineObserver({
  on: '${kind}',
  observe: (ctx) => ctx.log.info({ kind: ctx.push.kind }, 'push seen'),
});
`;

const observerTest = (
  { kind, name, runner, handlerPath }: HandlerOrder,
  push: string,
): string => `${imports(runner)}
import { buildPush, tryObserver } from 'wechat-callback-server/testing';
import observer from '${handlerPath}';

const push = ${push};

test('${name}: when a push of the kind ${kind} comes, then it is seen', async () => {
  const seen: object[] = [];
  const note = (fields: object) => void seen.push(fields);
  const log = { debug: note, info: note, warn: note, error: note, child: () => log };
  await tryObserver(observer, push, { log });
${sawKind(runner, kind)}
});
`;

const imports = (runner: TestRunner): string =>
  runner === 'jest'
    ? `import { expect, test } from '@jest/globals';`
    : `import assert from 'node:assert/strict';\nimport { test } from 'node:test';`;

const saysReceived = (runner: TestRunner, kind: PushKind): string =>
  runner === 'jest'
    ? `  expect(tried).toMatchObject({ reply: { content: '收到 ${kind}' } });`
    : `  assert.ok(tried.type === 'replied' && tried.reply.type === 'text');
  assert.equal(tried.reply.content, '收到 ${kind}');`;

const sawKind = (runner: TestRunner, kind: PushKind): string =>
  runner === 'jest'
    ? `  expect(seen).toEqual([{ kind: '${kind}' }]);`
    : `  assert.deepEqual(seen, [{ kind: '${kind}' }]);`;

/** Writes a value as code; an object has one line per property. */
function literal(value: unknown, indent = ''): string {
  const inner = `${indent}  `;
  if (Array.isArray(value) && value.some((item) => typeof item === 'object'))
    return `[\n${value.map((item) => `${inner}${literal(item, inner)},\n`).join('')}${indent}]`;
  if (Array.isArray(value)) return `[${value.map((item) => literal(item)).join(', ')}]`;
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? quoted(value) : String(value);
  if (Object.keys(value).length === 0) return '{}';
  const parts = Object.entries(value).map(
    ([name, part]) => `${inner}${/^\w+$/.test(name) ? name : quoted(name)}: ${literal(part, inner)},\n`,
  );
  return `{\n${parts.join('')}${indent}}`;
}

/** Quotes a text with single quotes, unless it contains some. */
function quoted(text: string): string {
  const doubled = JSON.stringify(text);
  if (text.includes("'") && !text.includes('"')) return doubled;
  return `'${doubled.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** Removes the few types of these texts. */
export const withoutTypes = (text: string): string =>
  text.replaceAll(': object[]', '').replaceAll('(fields: object)', '(fields)');
