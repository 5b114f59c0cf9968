import type { Session } from '../handler-runtime/session.js';
import type { Turn } from './question.js';

/** Limit of turns that are sent to the model again, since each costs tokens. */
const MAX_TURNS = 20;
const MAX_CHARACTERS = 8_000;
/** Longest remembered text; of a longer one only the beginning is kept. */
const MAX_OF_ONE = 3_000;

/** Returns the latest turns, oldest first. */
export const recall = async (session: Session): Promise<readonly Turn[]> =>
  (await session.get<readonly Turn[]>()) ?? [];

/** Adds a question and its answer, and drops the oldest. Safe against concurrent calls. */
export async function remember(session: Session, question: Turn, answer: string): Promise<void> {
  await session.update<readonly Turn[]>((before = []) =>
    latest([
      ...before,
      { ...question, content: question.content.slice(0, MAX_OF_ONE) },
      { role: 'assistant', content: answer.slice(0, MAX_OF_ONE) },
    ]),
  );
}

/** Keeps whole pairs only: an answer without its question is useless. */
function latest(turns: readonly Turn[]): readonly Turn[] {
  let from = Math.max(0, turns.length - MAX_TURNS);
  const characters = (): number => turns.slice(from).reduce((sum, { content }) => sum + content.length, 0);
  while (characters() > MAX_CHARACTERS) from += 2;
  return turns.slice(from);
}
