import { createHash } from 'node:crypto';

/** QR codes with parameters: the scene of each ticket. */
export interface QrCodeStore {
  /** Permanent codes have no end. The same scene gives the same ticket again, a permanent code another one. */
  create(scene: string, expireSeconds: number | undefined): { readonly ticket: string; readonly url: string };
  /** `undefined`: no such ticket, or it has expired. */
  sceneOf(ticket: string): string | undefined;
  /** The ticket of a permanent code. */
  ticketOf(scene: string): string;
}

const LIMIT = 1_000;

export function createQrCodeStore(now: () => number): QrCodeStore {
  const codes = new Map<string, { scene: string; endsAtMs: number }>();
  const ticketOf = (name: string): string =>
    `gQH${createHash('sha512').update(name).digest('base64').replace(/=+$/, '')}AAAAAAAAAAS5odHRwOi8v==`;
  return {
    ticketOf,
    create(scene, expireSeconds) {
      const name = expireSeconds === undefined ? scene : `temporary ${scene}`;
      const ticket = ticketOf(name);
      const endsAtMs = expireSeconds === undefined ? Infinity : now() + expireSeconds * 1_000;
      codes.delete(ticket);
      codes.set(ticket, { scene, endsAtMs });
      const [oldest] = codes.keys();
      if (codes.size > LIMIT && oldest !== undefined) codes.delete(oldest);
      return {
        ticket,
        url: `http://weixin.qq.com/q/${createHash('sha1').update(name).digest('hex').slice(0, 22)}`,
      };
    },
    sceneOf(ticket) {
      const code = codes.get(ticket);
      return code !== undefined && code.endsAtMs > now() ? code.scene : undefined;
    },
  };
}
