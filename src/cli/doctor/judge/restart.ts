import type { Words } from '../step.js';

export const RESTART: Words = {
  zh: '改过配置就重启服务；没改过就看 doctor 读的 .env 是不是服务用的那一份',
  en: 'restart the server if the configuration was changed; else see whether doctor reads the .env that the server was started with',
};
