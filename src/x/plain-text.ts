import { listOf, recordOf, textOf } from './json.ts';

const ESCAPED: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/**
 * What a person typed, from what X made of it. X gives `&`, `<` and `>` as HTML entities, and
 * replaces whatever looks like an address by a `https://t.co/…` of its own: "forward to
 * pbx.example.com" would not be understood otherwise.
 */
export function plainText(text: string, entities: unknown): string {
  let plain = text;
  for (const item of listOf(recordOf(entities)?.['urls']) ?? []) {
    const link = recordOf(item);
    const short = textOf(link?.['url']);
    const typed = typedLink(textOf(link?.['expanded_url']), textOf(link?.['display_url']));
    // The first one still there: X lists them in their order, and the same address twice is listed twice.
    if (short !== undefined && short !== '' && typed !== undefined) plain = plain.replace(short, () => typed);
  }
  return plain.replace(/&(?:amp|lt|gt);/g, (entity) => ESCAPED[entity]!);
}

/** X adds `http://` to an address without a scheme, and shows a long one with an ellipsis. */
function typedLink(expanded: string | undefined, shown: string | undefined): string | undefined {
  return shown !== undefined && expanded === `http://${shown}` ? shown : expanded;
}
