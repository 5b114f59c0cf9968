import type { Api } from '../api/client.js';
import type { CallbackSecrets } from '../protocol/envelope.js';
import type { AppId } from '../protocol/ids.js';
import type { Road } from './road.js';

/** One Official Account as the pipeline sees it. */
export interface Account {
  /** `default`, or its name in the accounts file. */
  readonly name: string;
  readonly appId: AppId;
  /** `gh_…`; pushes to another one are refused. */
  readonly originalId: string | undefined;
  readonly secrets: CallbackSecrets;
  readonly api: Api;
  /** How its late answers travel. */
  readonly road: Road;
  /** Nothing is sent before: WeChat's limits per minute concern all that the account sends. Each process learns it. */
  readonly pace: { pausedUntilMs: number };
  /** What is said to a user whose answer is kept. */
  readonly lateNotice: string;
  /** Counts one more push whose tries are left without an answer. False: there are too many already. Never rejects. */
  mayHold(): Promise<boolean>;
}
