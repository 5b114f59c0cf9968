import type { ApiCallOptions } from './call-options.js';
import type { CatalogueCalls } from './catalogue/catalogue.js';
import { rowOf, type ShapesOf } from './catalogue/endpoint.js';
import { VOICE_UPLOAD_PATH, type VoiceLanguage } from './catalogue/voice.js';
import { readFields } from './execute-call.js';
import type { MediaLimit } from './media/limits.js';
import { FILE_TIMES, type MediaDeps } from './media/media.js';
import { readSource, type MediaSource } from './media/media-source.js';
import { formWithFile } from './media/multipart.js';
import { toQuery } from './request-body.js';
import { readAnswer } from './response.js';

type Family = 'ocr' | 'images';
type AnswerOf<Call> = ShapesOf<Call> extends { answer: infer Answer } | undefined ? Answer : never;

/** Below 2 MB. Source: OCR 识别 ("文件大小限制：小于2M"). */
const PICTURE_LIMIT: MediaLimit = { maxBytes: 2 * 1_024 * 1_024 - 1, formats: ['jpg', 'png', 'gif', 'bmp'] };
/** Source: 上传语音文件 ("只支持mp3，16k，单声道，最大1M"). */
const VOICE_LIMIT: MediaLimit = { maxBytes: 1_024 * 1_024, formats: ['mp3'] };

/** The calls of a family with an uploaded picture instead of `img_url`. */
export interface FromFile<Name extends Family> {
  /**
   * Uploads the picture itself. `fields`: the other fields of the call.
   *
   * @throws MediaRefused · MediaUnavailable · errors of every call of the client
   */
  fromFile<Call extends keyof CatalogueCalls[Name]>(
    call: Call,
    source: MediaSource,
    fields?: Readonly<Record<string, string>>,
    options?: ApiCallOptions,
  ): Promise<AnswerOf<CatalogueCalls[Name][Call]>>;
}

export function createFromFile<Name extends Family>(
  calls: CatalogueCalls[Name],
  deps: MediaDeps,
): FromFile<Name>['fromFile'] {
  return async (call, source, fields = {}, options = {}) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each of a family's names is a function with a row
    const row = rowOf(calls[call] as object);
    if (row === undefined) throw new RangeError(`${String(call)} is no call of this family`);
    const { download } = deps;
    const file = await readSource(source, PICTURE_LIMIT, { download, signal: options.signal });
    const content = formWithFile({ field: 'img', ...file });
    const exchange = {
      method: row.method,
      path: row.path,
      query: toQuery(fields),
      content,
      idempotent: true,
    };
    const answer = await deps.exchangeWithToken({ ...exchange, ...FILE_TIMES }, readAnswer, options);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a row promises is what its answer is checked for
    return readFields(row, answer) as AnswerOf<CatalogueCalls[Name][typeof call]>;
  };
}

/**
 * Uploads a voice for recognition: MP3, 16 kHz, mono, 1 MB at most. `voice.result` with the same `voice_id` returns the
 * text within ten seconds. Source: 上传语音文件.
 */
export type UploadVoice = (
  request: { readonly voice_id: string; readonly lang?: VoiceLanguage },
  source: MediaSource,
  options?: ApiCallOptions,
) => Promise<void>;

export function createUploadVoice(deps: MediaDeps): UploadVoice {
  return async (request, source, options = {}) => {
    const { download } = deps;
    const file = await readSource(source, VOICE_LIMIT, { download, signal: options.signal });
    const call = {
      method: 'POST',
      path: VOICE_UPLOAD_PATH,
      query: { format: 'mp3', ...toQuery(request) },
      content: formWithFile({ field: 'media', ...file }),
      idempotent: true,
    } as const;
    readFields(
      { method: 'POST', path: VOICE_UPLOAD_PATH, idempotent: true },
      await deps.exchangeWithToken({ ...call, ...FILE_TIMES }, readAnswer, options),
    );
  };
}
