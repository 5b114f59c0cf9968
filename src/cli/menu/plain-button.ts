import type { KnownButton } from '../../api/catalogue/menu-button.js';

/** A normalized button, without WeChat's additions and with a fixed field order: equal ones have equal JSON. */
export interface PlainButton {
  readonly name: string;
  readonly type?: string;
  readonly key?: string;
  readonly url?: string;
  readonly appid?: string;
  readonly pagepath?: string;
  readonly media_id?: string;
  readonly article_id?: string;
  readonly sub_button?: readonly PlainButton[];
}

const FIELDS = ['name', 'type', 'key', 'url', 'appid', 'pagepath', 'media_id', 'article_id'] as const;

export function plainButton(button: KnownButton): PlainButton {
  const { sub_button: subs = [] } = button;
  const fields = FIELDS.filter((name) => button[name] !== undefined && button[name] !== '');
  return {
    name: button.name,
    ...Object.fromEntries(fields.map((name) => [name, button[name]])),
    ...(subs.length > 0 && { sub_button: subs.map(plainButton) }),
  };
}
