/** The comparisons of `sht_match_name`, `sht_rm_value` and their kin, by their names in KEMI. */
export type TextMatch = (text: string) => boolean;

/**
 * What `operator` asks of a text: `eq` equal, `ne` not, `re` a regular expression finds something in
 * it, `sw` and `ew` it starts or ends with the operand, `in` the operand is in it. Undefined for
 * another operator and for a broken expression.
 */
export function textMatch(operator: string, operand: string): TextMatch | undefined {
  switch (operator) {
    case 'eq':
      return (text) => text === operand;
    case 'ne':
      return (text) => text !== operand;
    case 're':
      return expressionMatch(operand);
    case 'sw':
      return (text) => text.startsWith(operand);
    case 'ew':
      return (text) => text.endsWith(operand);
    case 'in':
      return (text) => text.includes(operand);
    default:
      return undefined;
  }
}

function expressionMatch(source: string): TextMatch | undefined {
  try {
    const expression = new RegExp(source);
    return (text) => expression.test(text);
  } catch {
    return undefined;
  }
}
