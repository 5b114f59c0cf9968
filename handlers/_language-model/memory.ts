import type { Session } from '../../src/index.js';
import type { Turn } from './question.js';

/** So much of a conversation is told to the model again. It is paid for each time. */
const MAX_TURNS = 20;
const MAX_CHARACTERS = 8_000;
/** A long answer is remembered by its beginning. */
const MAX_OF_ONE = 3_000;

/** What was said lately, the oldest first. */
export const recall = async (session: Session): Promise<readonly Turn[]> =>
  (await session.get<readonly Turn[]>()) ?? [];

/** Adds a question and its answer; the oldest are forgotten. Two at once do not lose each other. */
export async function remember(session: Session, question: Turn, answer: string): Promise<void> {
  await session.update<readonly Turn[]>((before = []) =>
    latest([
      ...before,
      { ...question, content: question.content.slice(0, MAX_OF_ONE) },
      { role: 'assistant', content: answer.slice(0, MAX_OF_ONE) },
    ]),
  );
}

/** Whole pairs only: an answer without its question means nothing. */
function latest(turns: readonly Turn[]): readonly Turn[] {
  let from = Math.max(0, turns.length - MAX_TURNS);
  const characters = (): number => turns.slice(from).reduce((sum, { content }) => sum + content.length, 0);
  while (characters() > MAX_CHARACTERS) from += 2;
  return turns.slice(from);
}
