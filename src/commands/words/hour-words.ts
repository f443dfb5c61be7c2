/** `half past six`, `viertel vor sieben` as clocks. A pm behind them still applies. */

export function pastHour(hour: string, minutes: number): string {
  return `at ${hour}:${String(minutes).padStart(2, '0')}`;
}

/** Quarter to one is 12:45. */
export function beforeHour(hour: string, minutes: number): string {
  const before = Number(hour) - 1;
  return pastHour(String(before > 0 ? before : before + 12), 60 - minutes);
}
