import type { Facts } from '../facts.js';
import { fault, ok, warning, type Finding, type Words } from '../step.js';
import { list } from './list.js';

export function judgeSettings({ settings }: Facts): Finding {
  if ('faults' in settings) {
    const lines = listOf(settings.faults);
    return fault(
      {
        zh: `配置有误，服务无法启动：${lines.zh}`,
        en: `the server cannot start with this configuration:${lines.en}`,
      },
      {
        zh: '按上面每一行修改环境变量或 .env；每个变量的说明见 docs/zh/configuration.md',
        en: 'change the environment or .env as each line says; docs/configuration.md explains every variable',
      },
    );
  }
  const { warnings, account } = settings;
  const about = `${account.name} ${account.appId} ${account.path} (${account.cipherMode})`;
  if (warnings.length === 0) return ok(`账号 ${about}`, `account ${about}`);
  const lines = listOf(warnings);
  return warning(
    { zh: `可以启动，但有提醒：${lines.zh}`, en: `it works, with warnings:${lines.en}` },
    { zh: '逐条看一下是否符合本意', en: 'check that each of them is intended' },
  );
}

const listOf = (sentences: readonly Words[]): Words => ({
  zh: list(sentences.map(({ zh }) => zh)),
  en: list(sentences.map(({ en }) => en)),
});
