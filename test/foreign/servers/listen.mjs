// What every server here shares: its account comes from the environment, and its port goes to the output.
import { createServer } from 'node:http';

const { MODE = 'plaintext', TOKEN = '', AES_KEY = '', APP_ID = '' } = process.env;

export const account = { isSealed: MODE !== 'plaintext', token: TOKEN, aesKey: AES_KEY, appId: APP_ID };

/** @param {import('node:http').RequestListener} listener */
export function listen(listener) {
  const server = createServer(listener);
  server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
    const address = server.address();
    console.log(typeof address === 'object' ? address?.port : '');
  });
}

let runs = 0;

/**
 * The answer to a message: texts and clicks come back with a counter, so that a second run shows; pictures come back.
 *
 * @param {Readonly<Record<string, unknown>>} message
 */
export function answerTo({ MsgType, Event, EventKey, Content, MediaId }) {
  if (MsgType === 'text' && String(Content).trim() !== '')
    return { text: `${Array.from(String(Content)).slice(0, 600).join('')} (run ${(runs += 1)})` };
  if (MsgType === 'event' && Event === 'CLICK') return { text: `${String(EventKey)} (run ${(runs += 1)})` };
  if (MsgType === 'image') return { mediaId: String(MediaId) };
  return {};
}
