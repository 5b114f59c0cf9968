import type { Api } from '../api/client.js';
import type { MediaCache } from '../api/media/media-cache.js';
import type { AskBackend } from '../handler-runtime/forward/backend.js';
import type { ChoiceIds } from '../protocol/choice-ids.js';
import type { CallbackSecrets } from '../protocol/envelope.js';
import type { AppId } from '../protocol/ids.js';
import type { LateTemplate } from '../protocol/late-template.js';
import type { Push } from '../protocol/push/push.js';
import type { DeliveryPolicy, DeliveryChannelView } from './delivery-policy.js';

/** One Official Account as the pipeline sees it. */
export interface Account {
  /** `default`, or its name in the accounts file. */
  readonly name: string;
  readonly appId: AppId;
  /** `gh_…`; pushes to another one are refused. */
  readonly originalId: string | undefined;
  readonly secrets: CallbackSecrets;
  readonly api: Api;
  readonly mediaCache: MediaCache;
  /** Sends a push of this account to a backend. */
  readonly askBackend: (push: Push) => AskBackend;
  /** Template message that replaces an answer after the send quota ended. */
  readonly lateTemplate?: LateTemplate | undefined;
  /** Decides the channel of its late answers. */
  readonly deliveryPolicy: DeliveryPolicy;
  readonly choiceIds: ChoiceIds;
}

/** An account, as the operator's pages and commands show it. */
export interface AccountView {
  readonly name: string;
  readonly appId: AppId;
  readonly cipherMode: CallbackSecrets['mode'];
  readonly lateReply: DeliveryChannelView;
}
