import { inBoth, type Words } from '../protocol/words.js';

/** Explains in a sentence why `fetch` got no response. */
export function connectionFailure(error: unknown): Words {
  if (!(error instanceof Error)) return inBoth(String(error));
  const cause =
    error.cause instanceof Error && 'code' in error.cause ? String(error.cause.code) : error.message;
  if (cause === 'ECONNREFUSED')
    return {
      en: 'nothing is listening there. Is the server running?',
      zh: '那里没有服务在监听。服务在运行吗？',
    };
  return { en: `${cause}.`, zh: `${cause}。` };
}
