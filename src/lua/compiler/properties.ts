/** Questions about expressions that decide in which order their code may run. */
import { childrenOf, isCall, type AnyNode, type Expression } from './ast.ts';

const withCalls = new WeakMap<object, boolean>();

/** Does evaluating it call something? Calls become statements of their own. */
export function hasCall(node: AnyNode): boolean {
  const known = withCalls.get(node);
  if (known !== undefined) return known;
  const found = node.type !== 'FunctionDeclaration' && (isCall(node as Expression) || [...childrenOf(node)].some(hasCall));
  withCalls.set(node, found);
  return found;
}

export function isLiteral(node: Expression): boolean {
  return node.type === 'StringLiteral' || numeral(node) !== undefined || node.type === 'BooleanLiteral' || node.type === 'NilLiteral';
}

/** The number that a numeral is, with or without a minus. */
export function numeral(node: Expression): number | undefined {
  if (node.type === 'NumericLiteral') return node.value;
  if (node.type !== 'UnaryExpression' || node.operator !== '-' || node.argument.type !== 'NumericLiteral') return undefined;
  return -node.argument.value;
}

const COMPARISONS = new Set(['==', '~=', '<', '<=', '>', '>=']);

/** Gives true or false, whatever its operands are. */
export function isBoolean(node: Expression): boolean {
  if (node.type === 'BinaryExpression') return COMPARISONS.has(node.operator);
  return node.type === 'BooleanLiteral' || (node.type === 'UnaryExpression' && node.operator === 'not');
}
