/** The methods that calls are made of, and those seen most beside them. */
const USUAL: readonly string[] = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'REGISTER', 'OPTIONS', 'MESSAGE', 'SUBSCRIBE', 'NOTIFY', 'INFO', 'UPDATE', 'PRACK', 'REFER', 'PUBLISH'];

/**
 * The method in [start, end). Of the usual ones it is always the same string: nothing is cut out of the message, and to
 * compare it with a constant is to compare two pointers.
 */
export function methodIn(text: string, start: number, end: number): string {
  const length = end - start;
  for (const method of USUAL) if (method.length === length && text.startsWith(method, start)) return method;
  return text.slice(start, end);
}
