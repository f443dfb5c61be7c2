/** What the names of a chunk mean: local variables with their functions, or globals. */
import type { Chunk, Expression, FunctionNode, Identifier, Statement } from './ast.ts';
import { argumentsOf, isCall } from './ast.ts';

export type FunctionLike = Chunk | FunctionNode;

/** A local variable or parameter. */
export interface Variable {
  readonly name: string;
  /** Unique in the chunk, and a JavaScript name. */
  readonly id: string;
  readonly owner: FunctionLike;
  /** Assigned after its declaration. */
  assigned: boolean;
  /** Used in a function inside of its own. */
  captured: boolean;
  /** What it is declared with, when that is one expression of its own. */
  readonly initial: Expression | undefined;
}

/** How the names of one chunk are bound. */
export interface Scope {
  /** The variable of each identifier that names one; other identifiers are globals. */
  readonly variables: ReadonlyMap<Identifier, Variable>;
  /** The implicit `self` of functions that are declared with a colon. */
  readonly selves: ReadonlyMap<FunctionNode, Variable>;
  /** The function around each function. */
  readonly parents: ReadonlyMap<FunctionNode, FunctionLike>;
}

export function bindNames(chunk: Chunk): Scope {
  const binder = new Binder(chunk);
  binder.block(chunk.body);
  return binder;
}

class Binder implements Scope {
  readonly variables = new Map<Identifier, Variable>();
  readonly selves = new Map<FunctionNode, Variable>();
  readonly parents = new Map<FunctionNode, FunctionLike>();
  #function: FunctionLike;
  /** The variables that can be seen, the latest last. */
  #visible: Variable[] = [];
  #count = 0;

  constructor(chunk: Chunk) {
    this.#function = chunk;
  }

  block(statements: readonly Statement[], declare: () => void = () => {}, after: () => void = () => {}): void {
    const outer = this.#visible.length;
    declare();
    for (const statement of statements) this.#statement(statement);
    after();
    this.#visible.length = outer;
  }

  #declare(name: Identifier, initial?: Expression): void {
    this.variables.set(name, this.#newVariable(name.name, initial));
  }

  #newVariable(name: string, initial?: Expression): Variable {
    this.#count += 1;
    const variable = { name, id: `${name}$${this.#count}`, owner: this.#function, assigned: false, captured: false, initial };
    this.#visible.push(variable);
    return variable;
  }

  #name(identifier: Identifier, assigned = false): void {
    const variable = this.#visible.findLast(({ name }) => name === identifier.name);
    if (variable === undefined) return;
    this.variables.set(identifier, variable);
    if (variable.owner !== this.#function) variable.captured = true;
    if (assigned) variable.assigned = true;
  }

  #statement(node: Statement): void {
    switch (node.type) {
      case 'LabelStatement':
      case 'GotoStatement':
      case 'BreakStatement':
        return;
      case 'ReturnStatement':
        return this.#all(node.arguments);
      case 'CallStatement':
        return this.#expression(node.expression);
      case 'DoStatement':
        return this.block(node.body);
      case 'IfStatement':
        for (const clause of node.clauses) {
          if (clause.condition !== undefined) this.#expression(clause.condition);
          this.block(clause.body);
        }
        return;
      case 'WhileStatement':
        this.#expression(node.condition);
        return this.block(node.body);
      case 'RepeatStatement':
        return this.block(node.body, undefined, () => this.#expression(node.condition));
      case 'LocalStatement': {
        this.#all(node.init);
        const { variables, init } = node;
        variables.forEach((name, index) => this.#declare(name, index < init.length - 1 || variables.length === init.length ? init[index] : undefined));
        return;
      }
      case 'AssignmentStatement':
        for (const target of node.variables) {
          if (target.type === 'Identifier') this.#name(target, true);
          else this.#expression(target);
        }
        return this.#all(node.init);
      case 'FunctionDeclaration':
        if (node.isLocal) this.#declare(node.identifier as Identifier, node);
        else if (node.identifier?.type === 'Identifier') this.#name(node.identifier, true);
        else if (node.identifier !== null) this.#expression(node.identifier);
        return this.#functionBody(node);
      case 'ForNumericStatement':
        this.#all(node.step === null ? [node.start, node.end] : [node.start, node.end, node.step]);
        return this.block(node.body, () => this.#declare(node.variable));
      case 'ForGenericStatement':
        this.#all(node.iterators);
        return this.block(node.body, () => node.variables.forEach((name) => this.#declare(name)));
    }
  }

  #all(nodes: readonly Expression[]): void {
    for (const node of nodes) this.#expression(node);
  }

  #expression(node: Expression): void {
    if (isCall(node)) {
      this.#expression(node.base);
      return this.#all(argumentsOf(node));
    }
    switch (node.type) {
      case 'Identifier':
        return this.#name(node);
      case 'FunctionDeclaration':
        return this.#functionBody(node);
      case 'TableConstructorExpression':
        for (const field of node.fields) {
          if (field.type === 'TableKey') this.#expression(field.key);
          this.#expression(field.value);
        }
        return;
      case 'BinaryExpression':
      case 'LogicalExpression':
        return this.#all([node.left, node.right]);
      case 'UnaryExpression':
        return this.#expression(node.argument);
      case 'MemberExpression':
        return this.#expression(node.base);
      case 'IndexExpression':
        return this.#all([node.base, node.index]);
      default:
        return;
    }
  }

  #functionBody(node: FunctionNode): void {
    const outer = this.#function;
    this.parents.set(node, outer);
    this.#function = node;
    this.block(node.body, () => {
      if (hasSelf(node)) this.selves.set(node, this.#newVariable('self'));
      for (const parameter of node.parameters) {
        if (parameter.type === 'Identifier') this.#declare(parameter);
      }
    });
    this.#function = outer;
  }
}

/** `function t:name()` has a first parameter that is not written. */
export function hasSelf(node: FunctionNode): boolean {
  return node.identifier?.type === 'MemberExpression' && node.identifier.indexer === ':';
}
