import type { PushFields, PushTemplate } from '../../types/types.js';

/** One template, packed: kind, variant (empty: none), group, Chinese and English name, answerable, sample fields. */
export type TemplateRow = readonly [
  kind: string,
  variant: string,
  group: string,
  zh: string,
  en: string,
  answerable: PushTemplate['answerable'],
  fields: PushFields,
];
