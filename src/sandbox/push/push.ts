import { triggerOf } from '../state/windows.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Exchange, PushRequest } from '../types/types.js';
import { isUserAction, lineAfter, lineOf, needsFollowing } from './chat-lines.js';
import { preparePush, readLoosely, type PreparedPush } from './prepare.js';
import type { Delivery, NotSent, Origin } from './pusher.js';

const MOST_COPIES = 200;

let lastMessage = 0;

/**
 * Pushes as a follower or as the platform: changes the state, adds a chat line, sends the push (all copies at once),
 * and adds the result to the chat.
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
  const happens = prepared.hostile === undefined && (notSent === undefined || notSent === 'mark-fail');
  if (happens) takeEffect(state, prepared);

  const first = state.pusher.deliver(prepared, { ...options, origin });
  const copies = Math.min(Math.max(1, request.copies ?? 1), MOST_COPIES);
  const others = Array.from({ length: copies - 1 }, () =>
    state.pusher.deliver(prepared, { ...options, origin: { ...origin, copyOf: first.exchange.id } }),
  );
  const isAction = isUserAction(prepared.kind);
  if (happens) {
    const line = { follower: prepared.follower, via: isAction ? 'push' : 'platform' } as const;
    const exchange = first.exchange.id;
    state.appendChat({ ...line, from: isAction ? 'follower' : 'system', shown: lineOf(prepared), exchange });
  }
  return [first, ...others].map((delivery, index) => ({
    ...delivery,
    // Copies test the server, not the chat: the follower sees one answer.
    done: delivery.done.then((exchange) => (index === 0 ? showVerdict(state, prepared, exchange) : exchange)),
  }));
}

function whyNotSent(state: SandboxState, prepared: PreparedPush): NotSent | undefined {
  if (prepared.hostile !== undefined) return undefined;
  const follower = state.followers.getOrCreate(prepared.follower);
  if (needsFollowing(prepared.kind)) {
    if (!follower.following) return 'not-following';
    if (follower.blacklisted) return 'blacklisted';
  }
  return state.pushSuspension.blocked() ? 'mark-fail' : undefined;
}

/** Changes the state as WeChat would, even if the push does not reach the server. */
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
    const follows = followers.change(follower, {
      following: true,
      followedAtMs: clock.now(),
      qrScene: scene,
      scene: scene === '' ? 'ADD_SCENE_SEARCH' : 'ADD_SCENE_QR_CODE',
    });
    menus.enter(follows, true);
  }
  const trigger = triggerOf(kind, fields);
  if (trigger !== undefined) windows.open(follower, trigger);
}

function showVerdict(state: SandboxState, prepared: PreparedPush, exchange: Exchange): Exchange {
  if (exchange.verdict === undefined || exchange.hostile !== undefined || !isUserAction(exchange.kind))
    return exchange;
  const line = lineAfter(prepared, exchange.verdict);
  if (line === undefined || state.followers.get(exchange.follower)?.following === false) return exchange;
  state.appendChat({ ...line, follower: exchange.follower, via: 'passive', exchange: exchange.id });
  return exchange;
}

/** Returns 17 digits, as in most recent captures: more than a double can hold. */
function nextMsgId(nowMs: number): string {
  lastMessage = (lastMessage + 1) % 100_000;
  return `24${String(Math.floor(nowMs / 1000)).padStart(10, '0')}${String(lastMessage).padStart(5, '0')}`;
}
