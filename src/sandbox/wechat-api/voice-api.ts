import type { SandboxState } from '../sandbox-state.js';
import { jsonBody, OK, Refusal, textOf, type Endpoint } from './endpoint.js';
import { multipart } from './multipart.js';

/** Voices that were uploaded, by id, and when they are understood. */
const voices = new WeakMap<
  SandboxState,
  Map<string, { readonly text: string; readonly readyAtMs: number }>
>();
const RECOGNITION_MS = 1_000;
const MOST_BYTES = 1_024 * 1_024;
const MOST_TEXT_BYTES = 600;
const LANGUAGES = ['zh_CN', 'en_US'];

/** Voices as text, and translation (AI 开放接口): both made up. */
export const VOICE_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/media/voice/addvoicetorecofortext',
    method: 'POST',
    handle({ query, headers, raw }, state) {
      const { voice_id: id = '', format = '' } = query;
      if (id === '' || format !== 'mp3') throw new Refusal(40035);
      const file = multipart(headers['content-type'] ?? '', raw).find(({ name }) => name === 'media');
      if (file === undefined || file.bytes.length === 0 || file.bytes.length > MOST_BYTES)
        throw new Refusal(40010);
      const known = voices.get(state) ?? new Map<string, { text: string; readyAtMs: number }>();
      voices.set(state, known);
      known.set(id, {
        text: query['lang'] === 'en_US' ? 'Hello from the sandbox' : '来自沙箱的语音',
        readyAtMs: state.clock.now() + RECOGNITION_MS,
      });
      return OK;
    },
  },
  {
    path: '/cgi-bin/media/voice/queryrecoresultfortext',
    method: 'POST',
    handle({ query }, state) {
      const voice = voices.get(state)?.get(query['voice_id'] ?? '');
      return { ...OK, result: voice === undefined || state.clock.now() < voice.readyAtMs ? '' : voice.text };
    },
  },
  {
    path: '/cgi-bin/media/voice/translatecontent',
    method: 'POST',
    handle(request) {
      const { lfrom = '', lto = '' } = request.query;
      const content = textOf(jsonBody(request), 'content');
      if (!LANGUAGES.includes(lfrom) || !LANGUAGES.includes(lto) || content === '') throw new Refusal(40035);
      if (Buffer.byteLength(content) > MOST_TEXT_BYTES) throw new Refusal(40035);
      return { ...OK, from_content: content, to_content: lfrom === lto ? content : `[${lto}] ${content}` };
    },
  },
];
