import { endpoint, type CallExecutor } from './endpoint.js';

export type VoiceLanguage = 'zh_CN' | 'en_US';

/** The upload of a voice to be recognized. It takes a file: `api.voice.upload`. */
export const VOICE_UPLOAD_PATH = '/cgi-bin/media/voice/addvoicetorecofortext';

/** Voice recognition and translation (AI 开放接口). */
export const voice = (on: CallExecutor) => ({
  /** Reads the text of a voice uploaded within the last ten seconds; `''` until it is ready. Source: 获取语音识别结果. */
  result: endpoint<{ readonly voice_id: string; readonly lang?: VoiceLanguage }, { readonly result: string }>(
    on,
    {
      method: 'POST',
      path: '/cgi-bin/media/voice/queryrecoresultfortext',
      idempotent: true,
      query: ['voice_id', 'lang'],
      answer: ['result'],
    },
  ),
  /** Translates 600 bytes at most. Source: 微信翻译. */
  translate: endpoint<
    { readonly lfrom: VoiceLanguage; readonly lto: VoiceLanguage; readonly content: string },
    { readonly from_content: string; readonly to_content: string }
  >(on, {
    method: 'POST',
    path: '/cgi-bin/media/voice/translatecontent',
    idempotent: true,
    query: ['lfrom', 'lto'],
    answer: ['to_content'],
    limits: { content: { bytes: [1, 600] } },
  }),
});
