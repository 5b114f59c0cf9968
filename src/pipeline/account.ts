import type { Api } from '../api/client.js';
import type { MediaCache } from '../api/media/media-cache.js';
import type { CallbackSecrets } from '../protocol/envelope.js';
import type { AppId } from '../protocol/ids.js';
import type { LateTemplate } from '../protocol/late-template.js';
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
  /** Sent in place of an answer that may not be sent any more. */
  readonly lateTemplate?: LateTemplate | undefined;
  /** How its late answers travel. */
  readonly deliveryPolicy: DeliveryPolicy;
}

/** One account as operators see it. */
export interface AccountView {
  readonly name: string;
  readonly appId: AppId;
  readonly cipherMode: CallbackSecrets['mode'];
  readonly lateReply: DeliveryChannelView;
}
