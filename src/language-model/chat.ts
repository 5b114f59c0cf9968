import type { LateContext } from '../handler-runtime/context.js';
import { RETRACT, type StreamPart, type TextPart } from '../handler-runtime/text-stream.js';
import type { Push } from '../protocol/push/push.js';
import { complete } from './chat-completions.js';
import { ASK_FOR_FOLLOW_UPS, createFollowUps } from './follow-ups.js';
import { recall, remember } from './memory.js';
import { mayThinkFirst, modelFrom, noteThinkingFirst, type Model } from './model.js';
import { ModelFailed } from './model-failed.js';
import { messageOf, questionOf, type Turn } from './question.js';
import { createThinkingFilter } from './thinking.js';

/**
 * The part of a handler's context that `chat` uses.
 *
 * @example
 * const answer = (ctx: ChatContext) => chat(ctx, '你好');
 */
export type ChatContext = Pick<LateContext, 'session' | 'signal' | 'log'> & {
  /** Makes the choices of `followUps`. */
  readonly reply?: Pick<LateContext['reply'], 'choices'>;
};

const SORRY = '抱歉，我现在答不上来，请稍后再试。';
const YOU_MAY_ASK = '你还可以问：';
const FORGET = /^\s*(?:清空|重新开始|reset)\s*[。.！!]?\s*$/i;

/**
 * Answers a user by a language model, with the conversation so far as context. Pass the result to `ctx.reply.stream`.
 * "清空" begins a new conversation. A failure is logged, and the user gets an apology.
 *
 * @param said  a text or a push: texts, recognized voice, pictures if the model sees
 * @param model  default: the LLM_… variables of the environment
 *
 * @example
 * const answer = ctx.reply.stream(chat(ctx, ctx.push), { markdown: true });
 */
export async function* chat(
  ctx: ChatContext,
  said: string | Push,
  model?: Model,
): AsyncGenerator<StreamPart> {
  const memory = ctx.session.named('language-model');
  let turn: Turn | undefined;
  let answer = '';
  try {
    const asked = model ?? modelFrom(process.env);
    const question = questionOf(said, asked.sees ?? false);
    if (question.type === 'no-question') {
      yield question.say;
      return;
    }
    if (FORGET.test(question.turn.content)) {
      await memory.clear();
      yield '好的，我们重新开始。';
      return;
    }
    turn = question.turn;
    const followUps = asked.followUps === true && ctx.reply !== undefined ? createFollowUps() : undefined;
    const told = followUps === undefined ? asked : { ...asked, system: asked.system + ASK_FOR_FOLLOW_UPS };
    for await (const part of answerOf(told, [...(await recall(memory)), turn], ctx)) {
      if (part === RETRACT) followUps?.retract();
      const shown = part === RETRACT ? part : (followUps?.add(part) ?? part);
      answer = shown === RETRACT ? '' : answer + shown;
      if (shown !== '') yield shown;
    }
    const { text = '', choices = [] } = followUps?.end() ?? {};
    answer += text;
    if (text !== '') yield text;
    if (choices.length > 0 && ctx.reply !== undefined)
      yield ctx.reply.choices(choices, { head: YOU_MAY_ASK });
  } catch (error) {
    if (!(error instanceof ModelFailed)) throw error;
    ctx.log.error({ why: error.message }, 'the language model failed');
    if (answer === '') yield SORRY;
  } finally {
    // Also remembers an aborted answer, because the user has read a part of it.
    if (turn !== undefined && answer !== '') await remember(memory, turn, answer);
  }
}

/** Yields the model's answer without its thinking. @throws ModelFailed, also for an empty answer */
async function* answerOf(
  model: Model,
  turns: readonly Turn[],
  { signal, log }: ChatContext,
): AsyncGenerator<TextPart> {
  const messages = turns.map((turn) => messageOf(turn, model.sees ?? false));
  const filter = createThinkingFilter({ thinksFirst: mayThinkFirst(model) });
  let finishReason: string | undefined;
  let isEmpty = true;
  const shown = (parts: readonly TextPart[]): readonly TextPart[] => {
    for (const part of parts) isEmpty = part === RETRACT;
    return parts;
  };
  for await (const chunk of complete(
    model,
    [{ role: 'system', content: model.system }, ...messages],
    signal,
  )) {
    finishReason = chunk.finishReason ?? finishReason;
    if (chunk.hasThinking) yield* shown(filter.noteSeparateThinking());
    yield* shown(filter.add(chunk.content));
  }
  yield* shown(filter.end(finishReason));
  if (filter.lacksOpeningTag && noteThinkingFirst(model))
    log.warn(
      { model: model.model },
      'unmarked thinking: it came without an opening tag, and a slow answer may have begun with it; set LLM_THINKS_FIRST=1',
    );
  if (!isEmpty) return;
  const holds = filter.hasThought ? 'holds nothing but thinking' : 'is empty';
  throw new ModelFailed(`the model's answer ${holds} (finish_reason: ${finishReason ?? 'none'})`);
}
