/**
 * Which functions of a program may have to wait, and so become generators.
 *
 * A function may wait when something that it calls may. What a call may reach is found by names: a local function
 * that is never assigned again is itself; a global is all functions that the program ever gives to that name; a field
 * `x.name` is all functions that the program gives to any field of that name; everything else (a parameter, a
 * computed index) is any function that is used as a value at all. So the answer errs on one side only: a function
 * that is found not to wait never does.
 */
import { argumentsOf, childrenOf, isCall, type AnyNode, type Call, type Expression, type FunctionNode, type Identifier, type Statement } from './ast.ts';
import type { FunctionLike, Scope } from './scope.ts';
import type { ParsedChunk } from './parse.ts';

export interface BoundChunk extends ParsedChunk {
  readonly scope: Scope;
}

export interface Waits {
  /** Functions that have to be generators. */
  readonly functions: ReadonlySet<FunctionLike>;
  /** May this call give a suspension? */
  atCall(call: Call): boolean;
  /** May the iterator of this generic `for` give a suspension? */
  atLoop(node: Statement): boolean;
}

/** Standard functions that give an iterator which does not wait. */
const PLAIN_ITERATORS = new Set(['pairs', 'ipairs', 'string.gmatch', 'string.gfind']);
/** Standard functions that call what they are given, and may wait for it. */
const PROTECTED_CALLS = new Set(['pcall', 'xpcall']);

/** @param waiting paths of host functions that may wait, such as `KSR.sqlops.sql_query` and `coroutine.yield` */
export function findWaits(chunks: readonly BoundChunk[], waiting: ReadonlySet<string>): Waits {
  return new Analysis(chunks, waiting);
}

/** A place where a function is called. */
interface Site {
  readonly caller: FunctionLike;
  readonly node: Call | Statement;
  readonly scope: Scope;
}

/** The functions that the program gives to a name; undefined once it may be anything. */
type Names = Map<string, Set<FunctionNode> | undefined>;

class Analysis implements Waits {
  readonly functions = new Set<FunctionLike>();
  readonly #waiting: ReadonlySet<string>;
  /** The last names of the waiting paths, for calls through tables that are not known. */
  readonly #waitingNames = new Set<string>();
  readonly #globals: Names = new Map();
  readonly #fields: Names = new Map();
  /** Functions may be found in tables in ways that are not seen: by computed keys, `rawset`, a function as `__index`. */
  #hasHiddenFields = false;
  /** The same for globals: `_G` is a value somewhere. */
  #hasHiddenGlobals = false;
  /** Functions that are values somewhere: more than local names that are only called. */
  readonly #values = new Set<FunctionNode>();
  readonly #sites: Site[] = [];
  readonly #waitingSites = new Set<Call | Statement>();
  /** A waiting host function, or a table with one, is used as a value. */
  #hostIsValue = false;

  constructor(chunks: readonly BoundChunk[], waiting: ReadonlySet<string>) {
    this.#waiting = waiting;
    for (const path of waiting) this.#waitingNames.add(path.slice(path.lastIndexOf('.') + 1));
    for (const { chunk, scope } of chunks) this.#collect(chunk, chunk, scope);
    while (this.#spread());
  }

  atCall(call: Call): boolean {
    return this.#waitingSites.has(call);
  }

  atLoop(node: Statement): boolean {
    return this.#waitingSites.has(node);
  }

  /** One round over all calls; false when nothing new came out. */
  #spread(): boolean {
    let grew = false;
    for (const site of this.#sites) {
      if (this.#waitingSites.has(site.node)) continue;
      const waits = isLoop(site.node) ? this.#iteratorWaits(site.node, site.scope) : this.#callWaits(site.node as Call, site.scope);
      if (!waits) continue;
      this.#waitingSites.add(site.node);
      this.functions.add(site.caller);
      grew = true;
    }
    return grew;
  }

  #callWaits(call: Call, scope: Scope): boolean {
    const path = this.#libraryPath(call.base, scope);
    if (path !== undefined && PROTECTED_CALLS.has(path)) return argumentsOf(call).slice(0, 1).some((callee) => this.#mayWait(callee, scope));
    return this.#mayWait(call.base, scope);
  }

  #iteratorWaits(loop: Statement & { type: 'ForGenericStatement' }, scope: Scope): boolean {
    const [iterator] = loop.iterators;
    if (iterator === undefined) return false;
    if (!isCall(iterator)) return this.#mayWait(iterator, scope);
    const path = this.#libraryPath(iterator.base, scope);
    if (path !== undefined && PLAIN_ITERATORS.has(path)) return false;
    if (iterator.base.type === 'MemberExpression' && iterator.base.identifier.name === 'gmatch' && !this.#fields.has('gmatch')) return false;
    return this.#anyValueWaits();
  }

  /** May a call of this expression wait? */
  #mayWait(callee: Expression, scope: Scope): boolean {
    switch (callee.type) {
      case 'FunctionDeclaration':
        return this.functions.has(callee);
      case 'Identifier': {
        const variable = scope.variables.get(callee);
        if (variable === undefined) return this.#waiting.has(callee.name) || this.#named(callee.name, this.#hasHiddenGlobals, [this.#globals, this.#fields]);
        if (variable.assigned || variable.initial === undefined) return this.#anyValueWaits();
        return this.#mayWait(variable.initial, scope);
      }
      case 'MemberExpression': {
        const path = pathOf(callee, scope);
        if (path !== undefined && this.#waiting.has(path)) return true;
        if (this.#libraryPath(callee, scope) !== undefined) return false;
        return this.#waitingNames.has(callee.identifier.name) || this.#named(callee.identifier.name, this.#hasHiddenFields, [this.#fields, this.#globals]);
      }
      case 'StringLiteral':
      case 'NumericLiteral':
      case 'BooleanLiteral':
      case 'NilLiteral':
      case 'TableConstructorExpression':
        return callee.type === 'TableConstructorExpression' && this.#anyValueWaits();
      default:
        return this.#anyValueWaits();
    }
  }

  /** A global is a field of `_G` too. A name that nothing is given to is a function of the library, which does not wait, or an error. */
  #named(name: string, isHidden: boolean, tables: readonly Names[]): boolean {
    if (isHidden && this.#anyValueWaits()) return true;
    for (const table of tables) {
      if (!table.has(name)) continue;
      const functions = table.get(name);
      if (functions === undefined) return this.#anyValueWaits();
      for (const one of functions) if (this.functions.has(one)) return true;
    }
    return false;
  }

  #anyValueWaits(): boolean {
    if (this.#hostIsValue) return true;
    for (const one of this.#values) if (this.functions.has(one)) return true;
    return false;
  }

  /** `string.find` and the like: a path below a global that the program does not define; undefined for others. */
  #libraryPath(node: Expression, scope: Scope): string | undefined {
    const path = pathOf(node, scope);
    if (path === undefined) return undefined;
    const [root = '', ...fields] = path.split('.');
    if (this.#globals.has(root)) return undefined;
    return fields.some((field) => this.#fields.has(field)) ? undefined : path;
  }

  // What the program says of names, collected once.

  #collect(node: AnyNode, caller: FunctionLike, scope: Scope): void {
    switch (node.type) {
      case 'CallExpression':
      case 'TableCallExpression':
      case 'StringCallExpression':
        this.#sites.push({ caller, node, scope });
        this.#collectCallee(node.base, caller, scope);
        for (const argument of argumentsOf(node)) this.#collectValue(argument, caller, scope);
        return;
      case 'ForGenericStatement':
        this.#sites.push({ caller, node, scope });
        break;
      case 'FunctionDeclaration':
        if (node.identifier?.type === 'Identifier' && !node.isLocal) this.#give(node.identifier, node, scope);
        else if (node.identifier?.type === 'MemberExpression') {
          this.#give(node.identifier, node, scope);
          this.#collectCallee(node.identifier.base, caller, scope);
        }
        else if (node.isLocal && scope.variables.get(node.identifier as Identifier)!.assigned) this.#values.add(node);
        for (const statement of node.body) this.#collect(statement, node, scope);
        return;
      case 'LocalStatement':
        node.variables.forEach((name, index) => {
          const initial = node.init[index];
          if (initial !== undefined) this.#collectInitial(name, initial, caller, scope);
        });
        for (const extra of node.init.slice(node.variables.length)) this.#collectValue(extra, caller, scope);
        return;
      case 'AssignmentStatement':
        node.variables.forEach((target, index) => {
          const value = node.init.length === node.variables.length || index < node.init.length - 1 ? node.init[index] : undefined;
          this.#give(target, value, scope);
          if (target.type !== 'Identifier') this.#collectTarget(target, caller, scope);
        });
        for (const value of node.init) this.#collectValue(value, caller, scope);
        return;
      case 'TableKeyString':
        this.#giveName(this.#fields, node.key.name, node.value, scope);
        this.#collectValue(node.value, caller, scope);
        return;
      case 'TableKey':
        if (node.key.type === 'StringLiteral') this.#giveName(this.#fields, node.key.value, node.value, scope);
        else if (node.key.type !== 'NumericLiteral' && mayBeFunction(node.value, scope)) this.#hasHiddenFields = true;
        this.#collectValue(node.key, caller, scope);
        this.#collectValue(node.value, caller, scope);
        return;
      case 'MemberExpression':
      case 'Identifier':
        this.#collectValue(node, caller, scope);
        return;
      default:
        break;
    }
    for (const child of childrenOf(node)) this.#collect(child, caller, scope);
  }

  #collectTarget(target: Expression, caller: FunctionLike, scope: Scope): void {
    if (target.type === 'MemberExpression') this.#collectCallee(target.base, caller, scope);
    else if (target.type === 'IndexExpression') {
      this.#collectCallee(target.base, caller, scope);
      this.#collectValue(target.index, caller, scope);
    }
  }

  /** A local that is never assigned again stands for what it is declared with: that alone makes no value of it. */
  #collectInitial(name: Identifier, initial: Expression, caller: FunctionLike, scope: Scope): void {
    const variable = scope.variables.get(name)!;
    const isAlias = !variable.assigned && variable.initial === initial;
    if (isAlias && (initial.type === 'FunctionDeclaration' || pathOf(initial, scope) !== undefined)) {
      if (initial.type === 'FunctionDeclaration') this.#collect(initial, caller, scope);
      return;
    }
    this.#collectValue(initial, caller, scope);
  }

  /** What is called, or indexed: names in there are no values by that. */
  #collectCallee(node: Expression, caller: FunctionLike, scope: Scope): void {
    if (node.type === 'Identifier') {
      if (node.name === 'rawset' && !scope.variables.has(node)) this.#hasHiddenFields = true;
      return;
    }
    if (node.type === 'MemberExpression') return this.#collectCallee(node.base, caller, scope);
    if (node.type === 'FunctionDeclaration') return this.#collect(node, caller, scope);
    if (node.type === 'IndexExpression') {
      this.#collectValue(node.base, caller, scope);
      this.#collectValue(node.index, caller, scope);
      return;
    }
    this.#collect(node, caller, scope);
  }

  #collectValue(node: Expression, caller: FunctionLike, scope: Scope): void {
    if (node.type === 'FunctionDeclaration') this.#values.add(node);
    if (node.type === 'Identifier' || node.type === 'MemberExpression') {
      this.#useAsValue(node, scope);
      if (node.type === 'MemberExpression') this.#collectCallee(node.base, caller, scope);
      return;
    }
    this.#collect(node, caller, scope);
  }

  #useAsValue(node: Expression, scope: Scope): void {
    const path = pathOf(node, scope);
    if (path !== undefined) {
      for (const waiting of this.#waiting) if (waiting === path || waiting.startsWith(`${path}.`)) this.#hostIsValue = true;
    }
    if (node.type !== 'Identifier') return;
    if (node.name === '_G' && path === '_G') this.#hasHiddenGlobals = true;
    if (node.name === 'rawset' && path === 'rawset') this.#hasHiddenFields = true;
    const initial = scope.variables.get(node)?.initial;
    if (initial?.type === 'FunctionDeclaration') this.#values.add(initial);
  }

  /** The program gives `value` (undefined: something unknown) to a name. */
  #give(target: Expression, value: Expression | undefined, scope: Scope): void {
    if (value?.type === 'FunctionDeclaration') this.#values.add(value);
    if (target.type === 'Identifier') {
      if (!scope.variables.has(target)) this.#giveName(this.#globals, target.name, value, scope);
    } else if (target.type === 'MemberExpression') {
      this.#giveName(this.#fields, target.identifier.name, value, scope);
    } else if (target.type === 'IndexExpression' && target.index.type !== 'NumericLiteral') {
      if (target.index.type === 'StringLiteral') this.#giveName(this.#fields, target.index.value, value, scope);
      else if (mayBeFunction(value, scope)) this.#hasHiddenFields = true;
    }
  }

  #giveName(table: Names, name: string, value: Expression | undefined, scope: Scope): void {
    if (name === '__index' && mayBeFunction(value, scope)) this.#hasHiddenFields = true;
    if (!mayBeFunction(value, scope)) {
      if (!table.has(name)) table.set(name, new Set());
      return;
    }
    if (value?.type !== 'FunctionDeclaration') {
      table.set(name, undefined);
      return;
    }
    const functions = table.has(name) ? table.get(name) : new Set<FunctionNode>();
    functions?.add(value);
    table.set(name, functions);
  }
}

/** False for expressions that always give something else. */
function mayBeFunction(value: Expression | undefined, scope: Scope): boolean {
  switch (value?.type) {
    case 'Identifier': {
      const variable = scope.variables.get(value);
      return variable === undefined || variable.assigned || mayBeFunction(variable.initial, scope);
    }
    case 'CallExpression':
      return pathOf(value.base, scope) !== 'setmetatable';
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
    case 'NilLiteral':
    case 'TableConstructorExpression':
    case 'UnaryExpression':
    case 'BinaryExpression':
      return false;
    default:
      return true;
  }
}

function isLoop(node: Call | Statement): node is Statement & { type: 'ForGenericStatement' } {
  return node.type === 'ForGenericStatement';
}

/** The dotted path below a global, seen through locals that only rename one; undefined for everything else. */
function pathOf(node: Expression, scope: Scope): string | undefined {
  if (node.type === 'Identifier') {
    const variable = scope.variables.get(node);
    if (variable === undefined) return node.name;
    if (variable.assigned || variable.initial === undefined || variable.initial.type === 'FunctionDeclaration') return undefined;
    return pathOf(variable.initial, scope);
  }
  if (node.type !== 'MemberExpression' || node.indexer === ':') return undefined;
  const base = pathOf(node.base, scope);
  if (base === undefined) return undefined;
  return base === '_G' ? node.identifier.name : `${base}.${node.identifier.name}`;
}
