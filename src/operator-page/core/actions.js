import { call } from '../../page-kit/call.js';
import { createPageActions } from '../../page-kit/page-actions.js';
import { wordsIn } from '../i18n/i18n.js';

/**
 * Creates the actions of the page. A failure is shown as a notice; nothing throws.
 *
 * @param connect  opens the stream, or asks for the key
 */
export function createActions(store, connect) {
  const words = () => wordsIn(store.get().language);
  const pathOf = (id) => `/dead-letters/${encodeURIComponent(id)}`;

  function complain(error) {
    actions.notify(
      words().failed(words().refusedWork[error.code] ?? (isAnswer(error) ? error.message : words().noAnswer)),
      false,
    );
  }

  /** Runs `work`; resolves with `undefined` after a failure. */
  async function attempt(work) {
    try {
      return await work();
    } catch (error) {
      complain(error);
      return undefined;
    }
  }

  /** Applies `one` to each id in order; resolves with the number of successes. Stops if the server does not answer. */
  async function each(ids, one) {
    let done = 0;
    for (const id of ids) {
      store.set({ progress: { done, all: ids.length } });
      try {
        await one(id);
        done += 1;
      } catch (error) {
        complain(error);
        if (!isAnswer(error)) break;
      }
    }
    store.set({ progress: undefined });
    return done;
  }

  const actions = {
    ...createPageActions(store),
    /** Resolves with the reason of a refusal, or `undefined`. */
    async signIn(key) {
      const answer = await attempt(() => call('POST', '/session', { key }));
      if (answer?.signedIn === true) connect();
      return answer?.why;
    },
    async signOut() {
      if ((await attempt(() => call('DELETE', '/session'))) !== undefined) location.reload();
    },
    readDeadLetter: (id) => attempt(() => call('GET', pathOf(id))),
    readTexts: (id) => attempt(() => call('GET', `${pathOf(id)}?texts=1`)),
    /** The oldest first: answers to one user leave in their order. */
    async retry(letters) {
      const ids = letters.map(({ id }) => id).toReversed();
      const done = await each(ids, (id) => call('POST', `${pathOf(id)}/retry`, {}));
      if (done > 0) actions.notify(words().retried(done));
    },
    async drop(letters) {
      const ids = letters.map(({ id }) => id);
      const done = await each(ids, (id) => call('DELETE', pathOf(id)));
      if (done > 0) actions.notify(words().dropped(done));
    },
    /** Copies the report for WeChat's support to the clipboard, or shows it if there is no clipboard (no https). */
    async report(trouble) {
      const path = `/troubles/${encodeURIComponent(trouble.id)}/report?lang=${store.get().language}`;
      const answer = await attempt(() => call('GET', path));
      if (answer === undefined) return;
      const isCopied = await copy(answer.report);
      if (isCopied) actions.notify(words().reportCopied);
      else actions.open({ name: 'report', text: answer.report });
    },
  };
  return actions;
}

const isAnswer = (error) => error.status !== undefined;

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not allowed, or no clipboard without https
  }
}
