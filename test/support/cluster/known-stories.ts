import type { Story } from './model-story.js';

/** Stories that once broke a promise. They run first, before random ones. */
export const KNOWN_STORIES: readonly { readonly name: string; readonly story: Story }[] = [
  {
    name: 'a reply landed unseen and its adoption is lost',
    story: {
      channel: 'customer-service',
      clocks: [0, 0, 0],
      latencies: [32],
      pushes: [
        {
          atMs: 200,
          behaviour: { type: 'replies', afterMs: 3354 },
          attempts: [
            { process: 0, bodyMs: 1135 },
            { process: 0, bodyMs: 0 },
            { process: 0, bodyMs: 0 },
          ],
          twin: { process: 0, bodyMs: 0 },
        },
      ],
      troubles: [{ type: 'slow', atMs: 935, forMs: 3552, byMs: 368 }],
      sends: [],
    },
  },
  {
    name: 'answers to the same spending of the quota are lost, so it seems used up',
    story: {
      channel: 'customer-service',
      clocks: [0, -1611, 0],
      latencies: [15, 10],
      pushes: [
        {
          atMs: 3041,
          behaviour: { type: 'streams', atMs: [0, 5567] },
          attempts: [
            { process: 1, bodyMs: 0 },
            { process: 0, bodyMs: 0 },
            { process: 0, bodyMs: 0 },
          ],
          twin: { process: 0, bodyMs: 2428 },
        },
        {
          atMs: 764,
          behaviour: { type: 'defers', afterMs: 0, laterMs: 2134 },
          attempts: [
            { process: 0, bodyMs: 27 },
            { process: 0, bodyMs: 0 },
            { process: 0, bodyMs: 0 },
          ],
          twin: { process: 0, bodyMs: 0 },
        },
      ],
      troubles: [
        { type: 'slow', atMs: 5405, forMs: 393, byMs: 218 },
        { type: 'lose answers', atMs: 12123, forMs: 2712 },
      ],
      sends: [],
    },
  },
  {
    name: 'a server that lost its run says the beginning of what that run wrote',
    story: {
      channel: 'customer-service',
      clocks: [0, 0, 0],
      latencies: [1],
      pushes: [
        {
          atMs: 1370,
          behaviour: { type: 'streams', atMs: [1368] },
          attempts: [
            { process: 0, bodyMs: 0 },
            { process: 0, bodyMs: 0 },
            { process: 0, bodyMs: 0 },
          ],
          twin: { process: 2, bodyMs: 0 },
        },
        {
          atMs: 200,
          behaviour: { type: 'replies', afterMs: 0 },
          attempts: [
            { process: 0, bodyMs: 0 },
            { process: 0, bodyMs: 0 },
            { process: 0, bodyMs: 0 },
          ],
        },
      ],
      troubles: [
        { type: 'pause', atMs: 2502, forMs: 2001, process: 2 },
        { type: 'pause', atMs: 4771, forMs: 1348, process: 0 },
      ],
      sends: [],
    },
  },
];
