import { existsSync } from 'node:fs';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfigForTrying } from '../config/config.js';
import { toAppId } from '../protocol/ids.js';
import { readPush, type Push } from '../protocol/push/push.js';
import type { RecordedPush } from '../recording/recorded-push.js';
import { exitCodes, UsageInvalid, type Command } from './command.js';
import { parseOptions } from './parse-options.js';
import { readRecording } from './replay/read-recording.js';

const FOLDER = join('fixtures', 'pushes');
const INDEX = join('fixtures', 'INDEX.tsv');

/** Writes a test sample from a recorded push. */
export const fixture: Command = {
  name: 'fixture',
  summary: {
    en: 'turns a recorded push into a file under fixtures/, for send and for tests',
    zh: '把录下的推送变成 fixtures/ 下的样本文件，供 send 和测试使用',
  },
  usage: {
    en: `Usage: wechat-callback fixture FILE ID [--name NAME]

Writes one push of a recording to fixtures/pushes/, byte for byte as it was decrypted: "wechat-callback send" sends such a
file, and tests read it. If there is a fixtures/INDEX.tsv, a line is added to it. A sealed recording needs its RECORD_KEY;
then the file holds what the user wrote and the OpenID, so look at it before you commit it.

  FILE         a file of RECORD_DIR
  ID           the id of the push (pushId in the log, shown by replay --diff), its MsgId, or the beginning of the id
  --name NAME  name of the file, without .xml; default: kind and end of the id

Exit codes: 0 written, 1 no such push, or the file already exists; 2 usage; 78 configuration.`,
    zh: `用法：wechat-callback fixture 文件 ID [--name 名称]

把录制里的一条推送写入 fixtures/pushes/，与解密后的内容逐字节相同：“wechat-callback send” 可以发送这样的文件，测试
可以读取。有 fixtures/INDEX.tsv 时，会加上一行。加密的录制需要它的 RECORD_KEY；这时文件里有用户写的内容和 OpenID，
提交之前请先看一遍。

  文件         RECORD_DIR 里的一个文件
  ID           推送的 id（日志里的 pushId，replay --diff 会显示）、它的 MsgId，或者 id 的开头
  --name 名称  文件名，不带 .xml；默认是类型加 id 的结尾

退出码：0 已写入；1 没有这条推送，或者文件已经存在；2 用法错误；78 配置有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(args, { name: { type: 'string' } }, { positionals: 2 });
    const [file, id] = positionals;
    if (file === undefined || id === undefined || id === '')
      throw new UsageInvalid({
        en: 'Which push? Name a file of RECORD_DIR and the id of a push in it.',
        zh: '要哪条推送？请写 RECORD_DIR 里的一个文件，和其中一条推送的 id。',
      });
    if (values.name !== undefined && !/^[\w.-]+$/.test(values.name))
      throw new UsageInvalid({
        en: `--name ${values.name}: letters, digits, dots, hyphens.`,
        zh: `--name ${values.name}：只能用字母、数字、点和连字符。`,
      });
    const { config } = readConfigForTrying();
    const recorded = await findPush(file, config.recording.key, id);
    const push = recorded && readPush(recorded.push, toAppId(''));
    if (recorded === undefined || push === undefined) {
      terminal.err({ en: `${file} has no push ${id}.`, zh: `${file} 里没有推送 ${id}。` });
      return exitCodes.failed;
    }
    const name = fileName(recorded, push, values.name);
    const path = join(FOLDER, name);
    await mkdir(FOLDER, { recursive: true });
    if (existsSync(path)) {
      terminal.err({
        en: `${path} already exists: choose another --name.`,
        zh: `${path} 已经存在，请用 --name 换一个名称。`,
      });
      return exitCodes.failed;
    }
    await writeFile(path, recorded.push, { flag: 'wx' });
    if (existsSync(INDEX)) await appendFile(INDEX, `${indexRow(name, recorded, push)}\n`);
    terminal.out(path);
    if (recorded.standIns !== true)
      terminal.err({
        en: 'It holds what the user wrote and the OpenID: look at it before you commit it.',
        zh: '里面有用户写的内容和 OpenID，提交之前请先看一遍。',
      });
    return exitCodes.ok;
  },
};

async function findPush(
  file: string,
  key: string | undefined,
  id: string,
): Promise<RecordedPush | undefined> {
  let close: RecordedPush | undefined;
  for await (const line of readRecording(file, key)) {
    if ('fault' in line) continue;
    const { recorded } = line;
    if (recorded.id === id) return recorded;
    if (recorded.id.startsWith(id) || recorded.id.startsWith(`msg-${id}-`)) close ??= recorded;
  }
  return close;
}

/** Returns a name in the form of this repository's samples: the kind, with WeChat's spelling of the event. */
function fileName({ id, push: raw }: RecordedPush, push: Push, wanted: string | undefined): string {
  const [family = ''] = push.kind.split('.');
  const what = ('event' in push && push.event) || push.msgType || 'info';
  const name = wanted ?? `${family}.${what}.${id.slice(-8)}`.replaceAll(/[^\w.-]/g, '_');
  return `${name}${raw.trimStart().startsWith('{') ? '.json' : '.xml'}`;
}

function indexRow(name: string, { at }: RecordedPush, push: Push): string {
  const event = 'event' in push ? push.event : 'infoType' in push ? push.infoType : '';
  const day = new Date(at).toISOString().slice(0, 10);
  return [name, push.msgType, event, `recorded ${day}`].join('\t');
}
