import type { Endpoint } from './chat-completions.js';
import { ModelFailed } from './model-failed.js';

export interface Model extends Endpoint {
  /** The model is told this before everything else. */
  readonly system: string;
  /** The model is shown pictures. Default: false. */
  readonly sees?: boolean;
  /** The model thinks first and leaves out the opening tag. Default: told by its name, and by its answers. */
  readonly thinksFirst?: boolean;
}

const SYSTEM =
  '你是一个微信公众号里的助手。用户在手机上读你的回答：先用一句话直接回答，再按需要补充；段落要短，不要用表格。';
/** Models that are known to think aloud: deepseek-r1, qwq-32b, qwen3-…-thinking-2507, glm-4.1v-9b-thinking… */
const THINKERS = /(?:^|[^a-z\d])(?:r1|qwq)(?![a-z\d])|think|reason/i;
/** Models of this process whose thinking came without an opening tag. */
const seenThinkingFirst = new Set<string>();

/** The model that LLM_BASE_URL, LLM_API_KEY, LLM_MODEL, LLM_SYSTEM, LLM_VISION and LLM_THINKS_FIRST name. */
export function modelFrom(env: NodeJS.ProcessEnv): Model {
  const { LLM_BASE_URL: baseUrl, LLM_API_KEY: apiKey, LLM_MODEL: model, LLM_SYSTEM: system = SYSTEM } = env;
  if (!baseUrl || !model)
    throw new ModelFailed('LLM_BASE_URL or LLM_MODEL is not set (.env is read at the start)');
  const sees = readSwitch(env, 'LLM_VISION');
  const thinksFirst = readSwitch(env, 'LLM_THINKS_FIRST');
  return {
    baseUrl,
    apiKey: apiKey || undefined,
    model,
    system,
    ...(sees !== undefined && { sees }),
    ...(thinksFirst !== undefined && { thinksFirst }),
  };
}

/** Whether an answer is held back until its thinking ends. */
export const mayThinkFirst = (model: Model): boolean =>
  model.thinksFirst ?? (THINKERS.test(model.model) || seenThinkingFirst.has(keyOf(model)));

/** Remembers it for the life of this process; returns whether that is news. */
export function noteThinkingFirst(model: Model): boolean {
  const isNews = !mayThinkFirst(model);
  seenThinkingFirst.add(keyOf(model));
  return isNews;
}

const keyOf = ({ baseUrl, model }: Endpoint): string => `${baseUrl} ${model}`;

function readSwitch(env: NodeJS.ProcessEnv, name: string): boolean | undefined {
  const value = env[name];
  if (value === undefined || value === '') return undefined;
  if (/^(?:1|true)$/i.test(value)) return true;
  if (/^(?:0|false)$/i.test(value)) return false;
  throw new ModelFailed(`${name} is neither 1 nor 0`);
}
