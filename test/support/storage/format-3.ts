/** The time at which the build of commit fa5d77e stored the data of format 3, by the clock that it was given. */
export const WRITTEN_MS = Date.UTC(2026, 0, 1);
export const ANN = 'wx1:ann';

/** Returns the key of a stored record. */
export const key = (id: string): string => `wx1:push:${id}`;

/** Builds text messages. */
export const texts = (...contents: string[]) =>
  contents.map((content) => ({ msgtype: 'text', text: { content } }));

/** Records that the journals and the Redis of format 3 have in common, as today's code reads them. */
export const SHARED_RECORDS: readonly (readonly [id: string, record: object])[] = [
  ['answered', { state: 'answered', owner: 'p1' }],
  ['acknowledged', { state: 'acknowledged' }],
  ['overrunning', { state: 'overrunning', owner: 'p1' }],
  ['queued-run', { state: 'queued', replied: true, work: { type: 'run' } }],
  [
    'delivering',
    {
      state: 'delivering',
      owner: 'p1',
      fence: 2,
      intent: 1,
      work: { type: 'messages', sent: 1, messages: texts('one', 'two') },
    },
  ],
  ['delivered', { state: 'delivered', via: 'template' }],
];
