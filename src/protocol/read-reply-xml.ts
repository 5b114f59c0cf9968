import type { Fields } from './fields.js';
import { parseStrictXml } from './xml.js';
import { scanXml } from './xml-scanner.js';

/**
 * Reads the fields of a server's reply. The scanner reads our own layout at a fraction of the cost; the parser reads
 * the rest, such as a split `]]>`.
 *
 * @throws PushRefused `body_unreadable`
 */
export const readReplyXml = (xml: string): Fields => scanXml(xml) ?? parseStrictXml(xml);
