import type { Session } from '../../src/index.js';
import type { Message } from './chat-completions.js';

/** So much of a conversation is told to the model again. It is paid for each time. */
const MOST_MESSAGES = 20;
const MOST_CHARACTERS = 8_000;
/** A long answer is remembered by its beginning. */
const MOST_OF_ONE = 3_000;

/** What was said lately, the oldest first. */
export const recall = async (session: Session): Promise<readonly Message[]> =>
  (await session.get<readonly Message[]>()) ?? [];

/** Adds a question and its answer; the oldest are forgotten. Two at once do not lose each other. */
export async function remember(session: Session, question: string, answer: string): Promise<void> {
  await session.update<readonly Message[]>((before = []) =>
    latest([
      ...before,
      { role: 'user', content: question.slice(0, MOST_OF_ONE) },
      { role: 'assistant', content: answer.slice(0, MOST_OF_ONE) },
    ]),
  );
}

/** Whole pairs only: an answer without its question means nothing. */
function latest(messages: readonly Message[]): readonly Message[] {
  let from = Math.max(0, messages.length - MOST_MESSAGES);
  const characters = (): number => messages.slice(from).reduce((sum, { content }) => sum + content.length, 0);
  while (characters() > MOST_CHARACTERS) from += 2;
  return messages.slice(from);
}
