import type { MessageTexts } from './message-texts.ts';
import { plainText, quotableName } from './plain-text.ts';

const MAX_NAME_LENGTH = 64;
const MAX_ADDRESS_LENGTH = 128;
/** What no address of RFC 3261 §25.1 holds unescaped, and what would end the brackets around it. */
const NOT_IN_ADDRESSES = /[ <>"]/g;
/** RFC 3323 §4.1.1.3: the address of a caller who does not give his own. */
const ANONYMOUS = /@anonymous\.invalid$/i;

/** Who called or wrote, as text from the network says: `"Alice" <alice@example.com>`, in one harmless line. */
export function callerText(caller: { readonly address: string; readonly name?: string | undefined }, texts: MessageTexts): string {
  const address = shownAddress(caller.address);
  if (address === undefined) return texts.anonymousCaller;
  const name = plainText(caller.name ?? '', MAX_ADDRESS_LENGTH);
  const saysNothing = name === '' || name === address || name === address.split('@', 1)[0];
  return saysNothing ? address : `"${quotableName(name, MAX_NAME_LENGTH)}" <${address}>`;
}

/** The address alone, or `undefined` when the caller hides it. */
export function shownAddress(address: string, maxLength = MAX_ADDRESS_LENGTH): string | undefined {
  const shown = plainText(address, maxLength).replace(NOT_IN_ADDRESSES, '');
  return shown === '' || ANONYMOUS.test(shown) ? undefined : shown;
}
