import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { whyUnreadable } from '../../config/text-file.js';
import type { SandboxOptions } from '../../sandbox/sandbox.js';
import { UsageInvalid } from '../command.js';

interface Values {
  readonly port: string;
  readonly host?: string;
  readonly 'tls-port': string;
  readonly 'tls-cert'?: string;
  readonly 'tls-key'?: string;
}

/** Reads where the sandbox listens. @throws UsageInvalid */
export function listenFrom(values: Values): Pick<SandboxOptions, 'port' | 'host' | 'tls'> {
  const { host, 'tls-cert': cert, 'tls-key': key } = values;
  if ((cert === undefined) !== (key === undefined))
    throw new UsageInvalid({
      en: '--tls-cert and --tls-key go together.',
      zh: '--tls-cert 和 --tls-key 要一起写。',
    });
  const pem =
    cert !== undefined && key !== undefined
      ? { cert: pemFrom('tls-cert', cert), key: pemFrom('tls-key', key) }
      : undefined;
  if (pem !== undefined) checkPair(pem);
  return {
    port: portFrom('port', values.port),
    ...(host !== undefined && { host }),
    ...(pem !== undefined && { tls: { port: portFrom('tls-port', values['tls-port']), ...pem } }),
  };
}

function portFrom(name: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageInvalid({
    en: `--${name} ${text}: a port from 0 to 65535.`,
    zh: `--${name} ${text}：应为 0 到 65535 的端口号。`,
  });
}

function pemFrom(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const why = whyUnreadable(error);
    throw new UsageInvalid({ en: `--${name} ${file} ${why.en}.`, zh: `--${name} ${file} ${why.zh}。` });
  }
}

function checkPair(pem: { readonly cert: Buffer; readonly key: Buffer }): void {
  try {
    createSecureContext(pem);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageInvalid({
      en: `--tls-cert and --tls-key are not a matching pair of PEM files (${why}).`,
      zh: `--tls-cert 和 --tls-key 不是一对 PEM 文件（${why}）。`,
    });
  }
}
