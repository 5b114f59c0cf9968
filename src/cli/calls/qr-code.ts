import { qrCodeImageUrl } from '../../api/catalogue/qr-codes.js';
import { UsageInvalid, type Command } from '../command.js';
import { parseOptions } from '../parse-options.js';
import { printAnswer, required } from './print-answer.js';

const DAY_S = 86_400;

/** Makes QR codes with parameters. */
export const qrcode: Command = {
  name: 'qrcode',
  summary: {
    en: 'creates a QR code with a scene, and prints the URL of its picture',
    zh: '生成带参数的二维码，并给出图片地址',
  },
  usage: {
    en: `Usage: wechat-callback qrcode SCENE [--seconds N | --permanent]

Creates a QR code (带参数的二维码): scanning it pushes event.SCAN or event.subscribe with SCENE. Prints ticket, url and the
URL of the picture. A scene is a text of 1 to 64 characters.

  --seconds     how long it is valid, up to 2592000; default: a day
  --permanent   valid forever; an account has 100,000 of these, and they cannot be deleted
  --account     name or AppID of the account (default: the first)

Exit codes: 0 created, 1 refused, 2 usage, 78 configuration.`,
    zh: `用法：wechat-callback qrcode 场景值 [--seconds N | --permanent]

生成带参数的二维码：扫码后以 event.SCAN 或 event.subscribe 推送场景值。显示 ticket、url 和图片地址。场景值是 1 到
64 个字符的文本。

  --seconds     有效期，最多 2592000 秒；默认一天
  --permanent   永久有效；一个账号最多 100,000 个，不能删除
  --account     账号的名称或 AppID（默认第一个）

退出码：0 已生成，1 被拒绝，2 用法错误，78 配置有误。`,
  },

  async run(args, terminal) {
    const { values, positionals } = parseOptions(
      args,
      {
        account: { type: 'string' },
        permanent: { type: 'boolean', default: false },
        seconds: { type: 'string', default: String(DAY_S) },
      },
      { positionals: 1 },
    );
    const [scene = ''] = required({ SCENE: positionals[0] });
    if (!/^[1-9]\d{0,9}$/.test(values.seconds))
      throw new UsageInvalid({
        en: `--seconds ${values.seconds} is not a whole number of seconds.`,
        zh: `--seconds ${values.seconds}：应为整数秒。`,
      });
    const action_info = { scene: { scene_str: scene } };
    return printAnswer(values.account, terminal, async (api) => {
      const made = await api.qrCodes.create(
        values.permanent
          ? { action_name: 'QR_LIMIT_STR_SCENE', action_info }
          : { action_name: 'QR_STR_SCENE', expire_seconds: Number(values.seconds), action_info },
      );
      return { ...made, image: qrCodeImageUrl(made.ticket) };
    });
  },
};
