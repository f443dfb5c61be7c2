import { AttributeTree, type AttributeValue } from '../attribute-values.ts';
import type { PvIndex, PvValue } from './pseudo-variable.ts';

/** One name of `$xavp(root[0]=>child[1])`; the index is undefined when none is written. */
export interface AttributeStep {
  readonly name: string;
  readonly index: PvIndex | undefined;
}

export interface AttributePath {
  readonly root: AttributeStep;
  readonly child: AttributeStep | undefined;
}

/** Reads `root`, `root[1]`, `root=>child`, `root[0]=>child[*]`; undefined for anything else. */
export function splitPath(text: string): AttributePath | undefined {
  const arrow = text.indexOf('=>');
  const root = step(arrow < 0 ? text : text.slice(0, arrow));
  if (root === undefined || arrow < 0) return root === undefined ? undefined : { root, child: undefined };
  const child = step(text.slice(arrow + 2));
  return child === undefined ? undefined : { root, child };
}

function step(text: string): AttributeStep | undefined {
  const match = /^([\w.:-]+)(?:\[(\*|-?\d{1,6})\])?$/.exec(text.trim());
  if (match === null) return undefined;
  const index = match[2];
  return { name: match[1]!, index: index === undefined || index === '*' ? index : Number(index) };
}

const number = (index: PvIndex | undefined): number => (typeof index === 'number' ? index : 0);

function treeAt(tree: AttributeTree, root: AttributeStep): AttributeTree | undefined {
  const value = tree.get(root.name, number(root.index));
  return value instanceof AttributeTree ? value : undefined;
}

/** What Kamailio prints for a value that has children. */
const TREE_TEXT = '<<xavp>>';

const shown = (value: AttributeValue | undefined): PvValue => (value === undefined ? null : typeof value === 'object' ? TREE_TEXT : value);

export function readAttribute(tree: AttributeTree, { root, child }: AttributePath): PvValue {
  if (child === undefined) return shown(tree.get(root.name, number(root.index)));
  return shown(treeAt(tree, root)?.get(child.name, number(child.index)));
}

/**
 * Writes: without an index a value goes on top of the others, with one it replaces. A root that is
 * missing is made for its child. `null` takes away.
 */
export function writeAttribute(tree: AttributeTree, { root, child }: AttributePath, value: PvValue): boolean {
  if (child === undefined) return writeStep(tree, root, value);
  const parent = treeAt(tree, root);
  if (parent !== undefined) return writeStep(parent, child, value);
  if (value === null) return true;
  // A root that is a plain value has no children, and one that was asked for by number is not made up.
  if (number(root.index) !== 0) return false;
  const made = new AttributeTree();
  return made.push(child.name, value) && tree.push(root.name, made);
}

function writeStep(tree: AttributeTree, { name, index }: AttributeStep, value: PvValue): boolean {
  if (value !== null) return index === undefined ? tree.push(name, value) : tree.set(name, value, index);
  tree.remove(name, index);
  return true;
}
