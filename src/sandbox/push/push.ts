import { triggerOf } from '../state/windows.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Exchange, PushRequest } from '../types.js';
import { isUserAction, lineAfter, lineOf, needsFollowing } from './chat-lines.js';
import { preparePush, readLoosely, type PreparedPush } from './prepare.js';
import type { Delivery, Origin } from './pusher.js';

const MOST_COPIES = 200;

let lastMessage = 0;

/**
 * Pushes as a follower or as the platform: the deed takes effect in the book and shows in the chat, the push goes out
 * (all copies at once), and what comes back shows in the chat as well.
 */
export function push(state: SandboxState, request: PushRequest, origin: Origin = {}): readonly Delivery[] {
  const { followers, clock } = state;
  const prepared = preparePush(request, {
    account: state.account(),
    follower: request.follower ?? followers.getOrCreate(undefined).openId,
    nowMs: clock.now(),
    nextMsgId: () => nextMsgId(clock.now()),
  });
  const notSent = whyNotSent(state, prepared);
  const options = {
    ...(request.timeoutMs !== undefined && { timeoutMs: request.timeoutMs }),
    ...(request.tries !== undefined && { tries: request.tries }),
    ...(notSent !== undefined && { notSent }),
  };
  if (prepared.hostile === undefined && notSent !== 'not-following') takeEffect(state, prepared);

  const first = state.pusher.deliver(prepared, { ...options, origin });
  const copies = Math.min(Math.max(1, request.copies ?? 1), MOST_COPIES);
  const others = Array.from({ length: copies - 1 }, () =>
    state.pusher.deliver(prepared, { ...options, origin: { ...origin, copyOf: first.exchange.id } }),
  );
  const deed = isUserAction(prepared.kind);
  if (prepared.hostile === undefined && notSent !== 'not-following') {
    const line = { follower: prepared.follower, via: deed ? 'push' : 'platform' } as const;
    const exchange = first.exchange.id;
    state.appendChat({ ...line, from: deed ? 'follower' : 'system', shown: lineOf(prepared), exchange });
  }
  return [first, ...others].map((delivery, index) => ({
    ...delivery,
    // Copies are a test of the server, not of the chat: the follower sees one answer.
    done: delivery.done.then((exchange) => (index === 0 ? showVerdict(state, prepared, exchange) : exchange)),
  }));
}

function whyNotSent(state: SandboxState, prepared: PreparedPush): 'mark-fail' | 'not-following' | undefined {
  if (prepared.hostile !== undefined) return undefined;
  const follower = state.followers.getOrCreate(prepared.follower);
  if (!follower.following && needsFollowing(prepared.kind)) return 'not-following';
  return state.pushSuspension.blocked() ? 'mark-fail' : undefined;
}

/** What the deed changes at WeChat, whether or not the server hears of it. */
function takeEffect(state: SandboxState, { kind, follower, plainBody }: PreparedPush): void {
  const { followers, windows, menus, clock } = state;
  if (kind === 'event.unsubscribe') {
    followers.change(follower, { following: false });
    windows.close(follower);
    return;
  }
  const fields = readLoosely(plainBody);
  if (kind === 'event.subscribe') {
    const key = fields['EventKey'];
    const scene = typeof key === 'string' && key.startsWith('qrscene_') ? key.slice('qrscene_'.length) : '';
    const { tagIds } = followers.change(follower, {
      following: true,
      followedAtMs: clock.now(),
      qrScene: scene,
      scene: scene === '' ? 'ADD_SCENE_SEARCH' : 'ADD_SCENE_QR_CODE',
    });
    menus.enter(follower, tagIds, true);
  }
  const deed = triggerOf(kind, fields);
  if (deed !== undefined) windows.open(follower, deed);
}

function showVerdict(state: SandboxState, prepared: PreparedPush, exchange: Exchange): Exchange {
  if (exchange.verdict === undefined || exchange.hostile !== undefined || !isUserAction(exchange.kind))
    return exchange;
  const line = lineAfter(prepared, exchange.verdict);
  if (line === undefined || state.followers.get(exchange.follower)?.following === false) return exchange;
  state.appendChat({ ...line, follower: exchange.follower, via: 'passive', exchange: exchange.id });
  return exchange;
}

/** 17 digits, as in most of today's captures: beyond what a double holds. */
function nextMsgId(nowMs: number): string {
  lastMessage = (lastMessage + 1) % 100_000;
  return `24${String(Math.floor(nowMs / 1000)).padStart(10, '0')}${String(lastMessage).padStart(5, '0')}`;
}
