/** A link that WeChat shows: `<a href="…">text</a>` for http and https; what else there is becomes readable text. */
export type Shown = { readonly text: string; readonly isTag: boolean };

const HTTP = /^https?:\/\/\S/i;
/** What leads nowhere from a chat. */
const USELESS = /^(?:#|javascript:|vbscript:|data:)/i;

/** How a Markdown link is shown: as a tag where it can be one, with its address behind the text where not. */
export function showLink(text: string, target: string): Shown {
  const label = text.replaceAll('\n', ' ').trim();
  if (!HTTP.test(target)) {
    const adds = target !== '' && !USELESS.test(target) && label !== '' && !target.endsWith(label);
    return plain(adds ? `${label} (${target})` : label || target);
  }
  const address = escapeAddress(target);
  if (label === '' || label === target) return plain(address);
  // A tag in the text would end the link, or show as a part of it.
  return /[<>]/.test(label)
    ? plain(`${label} (${address})`)
    : { text: `<a href="${address}">${label}</a>`, isTag: true };
}

/** Makes sure that nobody but `showLink` makes a link: with this, a typed `<a …>` is shown as it was typed. */
export function disarmTags(text: string): string {
  return text.includes('<') ? text.replaceAll(/<(?=a(?:[\s>/]|$))/gi, '<\u200B') : text;
}

/** The attribute stands in double quotes. `&` stays: WeChat reads the address as it is, without entities. */
function escapeAddress(target: string): string {
  return target.replaceAll(/[\s"<>`\\^{|}]/g, (char) => encodeURIComponent(char));
}

const plain = (text: string): Shown => ({ text, isTag: false });
