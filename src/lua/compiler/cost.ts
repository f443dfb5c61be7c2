import { childrenOf, type AnyNode, type Statement } from './ast.ts';

const LOOPS = new Set(['WhileStatement', 'RepeatStatement', 'ForNumericStatement', 'ForGenericStatement']);

/**
 * What a stretch of statements costs of the limit on instructions: one for each node of the syntax tree, which is
 * about what Lua's own instructions are. Loops and functions inside count for themselves.
 */
export function costOf(statements: readonly Statement[]): number {
  return 1 + statements.reduce((sum, statement) => sum + nodeCost(statement), 0);
}

function nodeCost(node: AnyNode): number {
  if (node.type === 'FunctionDeclaration' || LOOPS.has(node.type)) return 1;
  let sum = 1;
  for (const child of childrenOf(node)) sum += nodeCost(child);
  return sum;
}
