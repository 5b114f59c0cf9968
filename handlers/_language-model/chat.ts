import type { LateContext } from '../../src/index.js';
import { complete, ModelFailed, type Endpoint } from './chat-completions.js';
import { recall, remember } from './memory.js';

export interface Model extends Endpoint {
  /** What the model is told before everything else. */
  readonly system: string;
}

const SYSTEM =
  '你是一个微信公众号里的助手。用户在手机上读你的回答：先用一句话直接回答，再按需要补充；段落要短，不要用表格。';
const SORRY = '抱歉，我现在答不上来，请稍后再试。';
const FORGET = /^\s*(?:清空|重新开始|reset)\s*$/i;

/**
 * A language model's answer to what a user says, with the conversation so far in mind: hand it to `ctx.reply.stream`.
 * "清空" begins a new conversation. A model that fails is named in the log, and the user hears a sentence.
 *
 * @param model default: LLM_BASE_URL, LLM_API_KEY, LLM_MODEL and LLM_SYSTEM of the environment
 */
export async function* chat(
  { session, signal, log }: Pick<LateContext, 'session' | 'signal' | 'log'>,
  question: string,
  model?: Model,
): AsyncGenerator<string> {
  const memory = session.named('language-model');
  if (FORGET.test(question)) {
    await memory.clear();
    yield '好的，我们重新开始。';
    return;
  }
  let answer = '';
  try {
    const { system, ...endpoint } = model ?? modelFrom(process.env);
    const messages = [
      { role: 'system', content: system } as const,
      ...(await recall(memory)),
      { role: 'user', content: question } as const,
    ];
    for await (const part of complete(endpoint, messages, signal)) {
      answer += part;
      yield part;
    }
  } catch (error) {
    if (!(error instanceof ModelFailed)) throw error;
    log.error({ why: error.message }, 'the language model failed');
    if (answer === '') yield SORRY;
  } finally {
    // Also what was broken off: the user has read some of it.
    if (answer !== '') await remember(memory, question, answer);
  }
}

function modelFrom(env: NodeJS.ProcessEnv): Model {
  const { LLM_BASE_URL: baseUrl, LLM_API_KEY: apiKey, LLM_MODEL: model, LLM_SYSTEM: system = SYSTEM } = env;
  if (baseUrl === undefined || model === undefined)
    throw new ModelFailed('LLM_BASE_URL or LLM_MODEL is not set (.env is read at the start)');
  return { baseUrl, apiKey, model, system };
}
