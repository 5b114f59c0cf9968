/** A link in WeChat's form: `<a href="…">text</a>` for http and https, else readable text. */
export type Shown = { readonly text: string; readonly isTag: boolean };

const HTTP = /^https?:\/\/\S/i;
/** Targets that are useless in a chat. */
const USELESS = /^(?:#|javascript:|vbscript:|data:)/i;

/** Renders a Markdown link: as a tag if possible, else as its text followed by the address. */
export function showLink(text: string, target: string): Shown {
  const label = text.replaceAll('\n', ' ').trim();
  if (!HTTP.test(target)) {
    const adds = target !== '' && !USELESS.test(target) && label !== '' && !target.endsWith(label);
    return plain(adds ? `${label} (${target})` : label || target);
  }
  const address = escapeAddress(target);
  if (label === '' || label === target) return plain(address);
  // A tag in the text would end the link or be shown literally.
  return /[<>]/.test(label)
    ? plain(`${label} (${address})`)
    : { text: `<a href="${address}">${label}</a>`, isTag: true };
}

/** Disarms a typed `<a …>`, so that it is shown as typed and only `showLink` makes links. */
export function disarmTags(text: string): string {
  return text.includes('<') ? text.replaceAll(/<(?=a(?:[\s>/]|$))/gi, '<\u200B') : text;
}

/** Escapes a value for double quotes. `&` stays, because WeChat does not decode entities in addresses. */
function escapeAddress(target: string): string {
  return target.replaceAll(/[\s"<>`\\^{|}]/g, (char) => encodeURIComponent(char));
}

const plain = (text: string): Shown => ({ text, isTag: false });
