import type { Endpoint } from './chat-completions.js';
import { ModelFailed } from './model-failed.js';

/**
 * A language model: its endpoint and its settings.
 *
 * @example
 * const model: Model = { ...modelFrom(process.env), system: '你是客服。' };
 */
export interface Model extends Endpoint {
  /** System prompt. */
  readonly system: string;
  /**
   * True if the model accepts pictures.
   *
   * @defaultValue false
   */
  readonly sees?: boolean;
  /**
   * True: the model adds questions that the user may ask next, and they are choices at the end of its answer. The handler
   * needs `chosen`.
   *
   * @defaultValue false
   */
  readonly followUps?: boolean;
  /**
   * True if the model thinks first and omits the opening tag.
   *
   * @defaultValue derived from its name and its answers
   */
  readonly thinksFirst?: boolean;
}

const SYSTEM =
  '你是一个微信公众号里的助手。用户在手机上读你的回答：先用一句话直接回答，再按需要补充；段落要短，不要用表格。';
/** Names of models that output their thinking: deepseek-r1, qwq-32b, qwen3-…-thinking-2507, glm-4.1v-9b-thinking… */
const THINKERS = /(?:^|[^a-z\d])(?:r1|qwq)(?![a-z\d])|think|reason/i;
/** Models whose thinking came without an opening tag in this process. */
const seenThinkingFirst = new Set<string>();

/**
 * Reads the model from LLM_BASE_URL, LLM_API_KEY, LLM_MODEL, LLM_SYSTEM, LLM_VISION, LLM_THINKS_FIRST and LLM_FOLLOW_UPS.
 *
 * @throws ModelFailed  a variable is missing or cannot be read
 *
 * @example
 * const model = modelFrom({ LLM_BASE_URL: 'https://api.example.com/v1', LLM_MODEL: 'example' });
 */
export function modelFrom(env: NodeJS.ProcessEnv): Model {
  const { LLM_BASE_URL: baseUrl, LLM_API_KEY: apiKey, LLM_MODEL: model, LLM_SYSTEM: system = SYSTEM } = env;
  if (!baseUrl || !model)
    throw new ModelFailed('LLM_BASE_URL or LLM_MODEL is not set (.env is read at the start)');
  const sees = readSwitch(env, 'LLM_VISION');
  const thinksFirst = readSwitch(env, 'LLM_THINKS_FIRST');
  const followUps = readSwitch(env, 'LLM_FOLLOW_UPS');
  return {
    baseUrl,
    apiKey: apiKey || undefined,
    model,
    system,
    ...(sees !== undefined && { sees }),
    ...(thinksFirst !== undefined && { thinksFirst }),
    ...(followUps !== undefined && { followUps }),
  };
}

/** True if an answer is withheld until its thinking ends. */
export const mayThinkFirst = (model: Model): boolean =>
  model.thinksFirst ?? (THINKERS.test(model.model) || seenThinkingFirst.has(keyOf(model)));

/** Remembers such a model for the life of the process. Returns true the first time. */
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
