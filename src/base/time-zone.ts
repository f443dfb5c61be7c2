/** Names that were asked for; users name zones themselves, so there may be any number. */
const MOST_KNOWN = 1_000;
const known = new Map<string, boolean>();

/** Whether this version of Node knows a zone of that IANA name. */
export function isTimeZone(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  const isKnown = isKnownToIntl(name);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, isKnown);
  return isKnown;
}

/** Takes some 40 µs, which a message needed four times. */
function isKnownToIntl(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
