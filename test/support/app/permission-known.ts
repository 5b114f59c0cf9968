import { expect } from '@jest/globals';
import type { App } from '../../../src/app.js';
import { eventually } from '../time/eventually.js';

/** Waits until the send permission of the accounts is known, as on a server that has run for a moment. */
export const permissionKnown = (app: App): Promise<void> =>
  eventually(() =>
    expect(app.accounts().map(({ lateReply }) => lateReply.why)).not.toContain('not-known-yet'),
  );
