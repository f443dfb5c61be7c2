import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';

const { row } = rowsOf<RouteContext>('');

const METHODS = ['ACK', 'BYE', 'CANCEL', 'DELETE', 'GET', 'INFO', 'INVITE', 'KDMQ', 'MESSAGE', 'NOTIFY', 'OPTIONS', 'POST', 'PRACK', 'PUBLISH', 'PUT', 'REFER', 'REGISTER', 'SUBSCRIBE', 'UPDATE'];

/** The letter of each method in `is_method_in`; INFO has none. */
function letterOf(method: string): string {
  switch (method) {
    case 'INVITE': return 'I';
    case 'ACK': return 'A';
    case 'BYE': return 'B';
    case 'CANCEL': return 'C';
    case 'REGISTER': return 'R';
    case 'MESSAGE': return 'M';
    case 'OPTIONS': return 'O';
    case 'SUBSCRIBE': return 'S';
    case 'PUBLISH': return 'P';
    case 'NOTIFY': return 'N';
    case 'UPDATE': return 'U';
    case 'REFER': return 'F';
    case 'PRACK': return 'E';
    case 'GET': return 'G';
    case 'POST': return 'T';
    case 'PUT': return 'V';
    case 'DELETE': return 'D';
    case 'KDMQ': return 'K';
    default: return '';
  }
}

function isMethodIn(route: RouteContext, letters: string): boolean {
  const letter = letterOf(route.message.method);
  return letter !== '' && (letters.includes(letter) || letters.includes(letter.toLowerCase()));
}

/** True when `method` stands alone between the `|` of `list`, blanks aside. Methods have upper and lower case (§7.1). */
function isMethod(route: RouteContext, list: string): boolean {
  const { method } = route.message;
  for (let at = list.indexOf(method); at >= 0; at = list.indexOf(method, at + 1)) {
    if (isBorder(list, at - 1) && isBorder(list, at + method.length)) return true;
  }
  return false;
}

function isBorder(list: string, at: number): boolean {
  return at < 0 || at >= list.length || list.charCodeAt(at) === 0x7c || list.charCodeAt(at) === 0x20;
}

/** What method a message has. Of a reply it is that of its CSeq. */
export const methodRows = [
  ...METHODS.map((method) => row(`is_${method}`, [], 'bool', (route) => route.message.method === method, `True when the method is ${method}`)),
  row('is_method', ['str'], 'bool', isMethod, 'True when the method is one of these, as in "INVITE|BYE"'),
  row('is_method_in', ['str'], 'bool', isMethodIn, 'True when the letter of the method is among these: I A B C R M O S P N U, F for REFER, E for PRACK'),
];
