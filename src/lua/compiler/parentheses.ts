/**
 * Parentheses, which luaparse does not keep: `return (f())` gives one value where `return f()` gives all. They matter
 * around calls and `...` that stand last in a list, and are found in the source between a node and the one before.
 */
import { argumentsOf, childrenOf, isCall, type AnyNode, type Expression } from './ast.ts';

/** @param code the source without comments */
export function findParenthesised(root: AnyNode, code: string): ReadonlySet<Expression> {
  const found = new Set<Expression>();
  const look = (node: AnyNode): void => {
    const last = lastOfList(node);
    if (last !== undefined && opened(code, last.from, last.node.range[0]) > last.own) found.add(last.node);
    for (const child of childrenOf(node)) look(child);
  };
  look(root);
  return found;
}

interface LastOfList {
  readonly node: Expression;
  /** Where the text before it starts. */
  readonly from: number;
  /** Parentheses there that belong to the syntax around it. */
  readonly own: number;
}

function lastOfList(node: AnyNode): LastOfList | undefined {
  switch (node.type) {
    case 'ReturnStatement':
      return lastOf(node.arguments, node.range[0]);
    case 'LocalStatement':
    case 'AssignmentStatement':
      return lastOf(node.init, node.variables.at(-1)!.range[1]);
    case 'ForGenericStatement':
      return lastOf(node.iterators, node.variables.at(-1)!.range[1]);
    case 'CallExpression':
      return lastOf(argumentsOf(node), node.base.range[1], 1);
    case 'TableValue':
      // The field begins with the parenthesis, its value behind it.
      return lastOf([node.value], node.range[0]);
    default:
      return undefined;
  }
}

function lastOf(list: readonly Expression[], start: number, own = 0): LastOfList | undefined {
  const node = list.at(-1);
  if (node === undefined || !(isCall(node) || node.type === 'VarargLiteral')) return undefined;
  return list.length > 1 ? { node, from: list.at(-2)!.range[1], own: 0 } : { node, from: start, own };
}

function opened(code: string, from: number, to: number): number {
  return code.slice(from, to).split('(').length - 1;
}
