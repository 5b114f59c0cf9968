import type { Json } from '../../protocol/json.js';
import { endpoint, type CallExecutor } from './endpoint.js';

/** Semantic interpretation of sentences (语义理解). Its documentation is an older page. */
export const semantics = (on: CallExecutor) => ({
  /**
   * Interprets a sentence as a request of the kinds in `category`, such as `flight,hotel`. The documentation lists the
   * kinds with their `details`. Source: 发送语义理解请求.
   */
  search: endpoint<
    {
      readonly query: string;
      readonly category: string;
      readonly appid: string;
      /** Id of the user; any stable text. */
      readonly uid?: string;
      readonly latitude?: number;
      readonly longitude?: number;
      readonly city?: string;
      readonly region?: string;
    },
    {
      readonly query: string;
      readonly type?: string;
      readonly semantic?: Json;
      readonly result?: readonly Json[];
      readonly answer?: string;
      readonly text?: string;
    }
  >(on, { method: 'POST', path: '/semantic/semproxy/search', idempotent: true, answer: ['query'] }),
});
