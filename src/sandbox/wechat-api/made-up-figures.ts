/** A number from 0 up to `below` that the day and the name alone decide. */
function drawn(day: number, name: string, below: number): number {
  let hash = day >>> 0;
  for (const character of name) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_519) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) % below;
}

/** New followers of a day, and those who left. */
export const newUsersOf = (day: number): { readonly new_user: number; readonly cancel_user: number } => ({
  new_user: 5 + drawn(day, 'new', 20),
  cancel_user: drawn(day, 'gone', 5),
});

/** Followers at the end of a day: those of now, less what came since. */
export function totalUsersOf(day: number, today: number, now: number): number {
  let total = now + 1_000;
  for (let later = day + 1; later < today; later += 1) {
    const { new_user: came, cancel_user: left } = newUsersOf(later);
    total -= came - left;
  }
  return Math.max(0, total);
}

/** Users who sent messages on a day. */
export const senders = (day: number): number => 10 + drawn(day, 'senders', 30);

/** Their messages within an hour. */
export const messagesOf = (day: number, hour: number): number => drawn(day, `messages ${hour}`, 12);

/** The pushes of an hour: one for each message, and a few events. Times are in milliseconds, as far as anybody knows. */
export function callbacksOf(day: number, hour: number) {
  const count = messagesOf(day, hour) + drawn(day, `events ${hour}`, 4);
  const failed = count > 8 ? 1 : 0;
  const longest = count === 0 ? 0 : 200 + drawn(day, `longest ${hour}`, 900);
  return {
    callback_count: count,
    fail_count: failed,
    total_time_cost: count === 0 ? 0 : longest + (count - 1) * 120,
    max_time_cost: longest,
  };
}

/** The article of a day. */
export function articleFigures(day: number) {
  const readers = 50 + drawn(day, 'readers', 200);
  const fromChat = Math.floor(readers * 0.8);
  const reads = {
    read_user: readers,
    read_user_source: [
      { user_count: readers, scene_desc: '全部' },
      { user_count: fromChat, scene_desc: '公众号消息' },
      { user_count: readers - fromChat, scene_desc: '朋友圈' },
    ],
  };
  const shares = Math.floor(readers / 10);
  const total = {
    ...reads,
    share_user: shares,
    zaikan_user: Math.floor(readers / 20),
    like_user: Math.floor(readers / 15),
    comment_count: drawn(day, 'comments', 9),
    collection_user: Math.floor(readers / 30),
  };
  return [{ msgid: `${2_247_480_000 + day}_1`, reads, shares, total }];
}
