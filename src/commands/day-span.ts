/** Hours of the day from one clock to another: `22:00-07:00`, `10pm to 7am`, `von 22 bis 7 Uhr`. */

const CLOCK = String.raw`(\d{1,2})(?:[:.]?([0-5]\d))?\s*(am|pm|a\.m\.|p\.m\.|uhr|h)?`;
const SPAN = new RegExp(String.raw`^(?:from|between|von|zwischen)?\s*${CLOCK}\s*(?:-|to|until|till|and|bis|und)?\s*${CLOCK}$`);

/** Undefined for what is no span; from a time to the same time is none. */
export function readDaySpan(text: string): { readonly from: string; readonly to: string } | undefined {
  if (text.length > 40) return undefined;
  const match = SPAN.exec(text.toLowerCase().replace(/[,!?;]+/g, ' ').trim());
  if (match === null) return undefined;
  const from = clock(match[1]!, match[2], match[3]);
  const to = clock(match[4]!, match[5], match[6]);
  return from === undefined || to === undefined || from === to ? undefined : { from, to };
}

function clock(hourText: string, minute = '00', half = ''): string | undefined {
  let hour = Number(hourText);
  if (/^[ap]/.test(half)) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half.startsWith('p') ? 12 : 0);
  }
  // 24:00 is midnight.
  if (hour === 24 && minute === '00') hour = 0;
  return hour > 23 ? undefined : `${String(hour).padStart(2, '0')}:${minute}`;
}
