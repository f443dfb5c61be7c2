/** How the labels of a block become JavaScript, which knows no `goto` but can leave a block and repeat a loop. */
import { childrenOf, type AnyNode, type Statement } from './ast.ts';

/**
 * Statements `from` up to (not with) `to` are put into a block that a `goto` leaves: to a label that stands behind
 * them; or into a loop that a `goto` repeats: to a label that stands before them.
 */
export interface Region {
  readonly label: string;
  readonly kind: 'leave' | 'repeat';
  readonly from: number;
  to: number;
}

/** Thrown for the few arrangements of labels that cannot be expressed. */
export class TangledGoto extends Error {
  readonly line: number;
  constructor(line: number) {
    super('goto that enters a stretch which another goto repeats');
    this.line = line;
  }
}

/**
 * The regions of a block, such that any two are apart or one is inside of the other, outer ones first.
 *
 * A `goto` cannot jump into the scope of a local variable. So between a `goto` and its label no variable is declared
 * that is used behind the label, and a region may start earlier than its `goto` when another one needs that.
 */
export function regionsOf(statements: readonly Statement[]): readonly Region[] {
  const regions: Region[] = [];
  statements.forEach((statement, at) => {
    if (statement.type !== 'LabelStatement') return;
    const label = statement.label.name;
    const from = statements.findIndex((one, index) => index < at && hasGoto(one, label));
    if (from >= 0) regions.push(leaving(label, from, at, regions));
    if (statements.some((one, index) => index > at && hasGoto(one, label))) {
      regions.push({ label, kind: 'repeat', from: at + 1, to: statements.length });
    }
  });
  for (const { from, to, kind } of regions) {
    const loop = regions.find((one) => one.kind === 'repeat' && kind === 'leave' && from < one.from && one.from < to);
    if (loop !== undefined) throw new TangledGoto(statements[loop.from - 1]!.loc.start.line);
  }
  return regions.sort((a, b) => a.from - b.from || b.to - a.to);
}

function leaving(label: string, from: number, to: number, earlier: readonly Region[]): Region {
  let start = from;
  for (const one of earlier) if (one.kind === 'leave' && one.from < start && start < one.to) start = one.from;
  return { label, kind: 'leave', from: start, to };
}

/** Is there a `goto` to this label of an outer block? Not one that finds a nearer label of that name. */
function hasGoto(node: AnyNode, label: string): boolean {
  if (node.type === 'GotoStatement') return node.label.name === label;
  if (node.type === 'FunctionDeclaration') return false;
  const children = [...childrenOf(node)];
  if (children.some((child) => child.type === 'LabelStatement' && child.label.name === label)) return false;
  return children.some((child) => hasGoto(child, label));
}
