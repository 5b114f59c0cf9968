import { randomBytes } from 'node:crypto';
import type { SandboxState } from '../sandbox-state.js';
import { Refusal } from './endpoint.js';

export interface TemplateEntry {
  readonly template_id: string;
  readonly title: string;
  readonly primary_industry: string;
  /** The field name in this call; other calls use `secondary`. */
  readonly deputy_industry: string;
  readonly content: string;
  readonly example: string;
}

const LIMIT = 25;
/** A template of a category (类目模板). It exists from the start, so that a first test needs no set-up. */
const FIRST = 'SandboxTemplateSandboxTemplateSandboxTempl1';

const stores = new WeakMap<SandboxState, ReturnType<typeof createTemplateStore>>();

/** Returns the template store of the account. */
export function storeOf(state: SandboxState): ReturnType<typeof createTemplateStore> {
  const store = stores.get(state) ?? createTemplateStore();
  stores.set(state, store);
  return store;
}

function createTemplateStore() {
  const entries = new Map<string, TemplateEntry>();
  const put = (id: string, title: string, content: string): string => {
    const industry = { primary_industry: 'IT科技', deputy_industry: '互联网|电子商务' };
    entries.set(id, { template_id: id, title, ...industry, content, example: content });
    return id;
  };
  put(FIRST, '处理结果通知', '事项：{{thing1.DATA}}\n结果：{{thing2.DATA}}\n时间：{{time3.DATA}}');
  return {
    list: (): readonly TemplateEntry[] => [...entries.values()],
    /** @throws Refusal 45026 */
    add(short: string): string {
      if (entries.size >= LIMIT) throw new Refusal(45026);
      const id = randomBytes(33).toString('base64url').slice(0, 43);
      return put(id, `模板 ${short}`, '{{thing1.DATA}}\n时间：{{time2.DATA}}');
    },
    /** @throws Refusal 40037 */
    remove(id: string): void {
      if (!entries.delete(id)) throw new Refusal(40037);
    },
    /** @throws Refusal 40037 */
    content(id: string): string {
      const entry = entries.get(id);
      if (entry === undefined) throw new Refusal(40037);
      return entry.content;
    },
  };
}
