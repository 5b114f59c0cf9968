const DATE = String.raw`\d{4}(年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2})`;
const TIME = String.raw`([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?`;
const period = (moment: string): RegExp => new RegExp(`^(${moment})(\\s?~\\s?(${moment}))?$`);

/**
 * The values that a keyword takes, by the type in its name. Source: 订阅消息参数值内容限制说明, which the templates of a
 * category (类目模板) share. Keywords of other types, such as `first` and `keyword1` of old templates, take any text.
 */
const VALUES: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    thing: /^[^]{1,20}$/u,
    number: /^(?=.{1,32}$)-?\d+(\.\d+)?$/,
    letter: /^[A-Za-z]{1,32}$/,
    symbol: /^[\p{P}\p{S}]{1,5}$/u,
    character_string: /^[\x20-\x7e]{1,32}$/,
    time: period(`(${DATE}\\s?)?${TIME}`),
    date: period(`${DATE}(\\s?${TIME})?`),
    amount: /^\p{Sc}?\d{1,10}(\.\d+)?元?$/u,
    phone_number: /^[\d\-+()# ]{1,17}$/,
    car_number: /^(?=.{1,8}$)[\p{Script=Han}A-Za-z\d][A-Za-z\d]*[\p{Script=Han}A-Za-z\d]$/u,
    name: /^(\p{Script=Han}[\p{Script=Han}·]{0,9}|[A-Za-z\p{P}\p{S} ]{1,20})$/u,
    phrase: /^\p{Script=Han}{1,5}$/u,
  }),
);

/** True if a keyword such as `thing1` or `time2` takes the value. */
export function takesValue(keyword: string, value: string): boolean {
  const [, type = ''] = /^([a-z_]+)\d+$/.exec(keyword) ?? [];
  return VALUES.get(type)?.test(value) ?? true;
}
