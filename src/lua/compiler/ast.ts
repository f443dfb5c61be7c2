/** The syntax tree of a chunk, as luaparse builds it; only what the compiler looks at. */

interface Located {
  readonly loc: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
  /** Offsets in the source: first character, and the one behind the last. */
  readonly range: readonly [number, number];
}

export interface Chunk extends Located {
  readonly type: 'Chunk';
  readonly body: readonly Statement[];
}

export interface FunctionNode extends Located {
  readonly type: 'FunctionDeclaration';
  /** Null for a function expression. */
  readonly identifier: Identifier | MemberExpression | null;
  readonly isLocal: boolean;
  readonly parameters: readonly (Identifier | VarargLiteral)[];
  readonly body: readonly Statement[];
}

export type Statement =
  | LabelStatement
  | (Located & { readonly type: 'BreakStatement' })
  | GotoStatement
  | ReturnStatement
  | IfStatement
  | WhileStatement
  | (Located & { readonly type: 'DoStatement'; readonly body: readonly Statement[] })
  | RepeatStatement
  | LocalStatement
  | AssignmentStatement
  | (Located & { readonly type: 'CallStatement'; readonly expression: Call })
  | FunctionNode
  | ForNumericStatement
  | ForGenericStatement;

export type LabelStatement = Located & { readonly type: 'LabelStatement'; readonly label: Identifier };
export type GotoStatement = Located & { readonly type: 'GotoStatement'; readonly label: Identifier };
export type ReturnStatement = Located & { readonly type: 'ReturnStatement'; readonly arguments: readonly Expression[] };
export type IfStatement = Located & { readonly type: 'IfStatement'; readonly clauses: readonly IfClause[] };
/** `if`, `elseif`, or `else`, which has no condition. */
export interface IfClause extends Located {
  readonly type: 'IfClause' | 'ElseifClause' | 'ElseClause';
  readonly condition?: Expression;
  readonly body: readonly Statement[];
}
export type WhileStatement = Located & { readonly type: 'WhileStatement'; readonly condition: Expression; readonly body: readonly Statement[] };
export type RepeatStatement = Located & { readonly type: 'RepeatStatement'; readonly condition: Expression; readonly body: readonly Statement[] };
export type LocalStatement = Located & { readonly type: 'LocalStatement'; readonly variables: readonly Identifier[]; readonly init: readonly Expression[] };
export type AssignmentStatement = Located & { readonly type: 'AssignmentStatement'; readonly variables: readonly Target[]; readonly init: readonly Expression[] };
export interface ForNumericStatement extends Located {
  readonly type: 'ForNumericStatement';
  readonly variable: Identifier;
  readonly start: Expression;
  readonly end: Expression;
  readonly step: Expression | null;
  readonly body: readonly Statement[];
}
export interface ForGenericStatement extends Located {
  readonly type: 'ForGenericStatement';
  readonly variables: readonly Identifier[];
  readonly iterators: readonly Expression[];
  readonly body: readonly Statement[];
}

export type Expression =
  | Identifier
  | (Located & { readonly type: 'StringLiteral'; readonly value: string })
  | (Located & { readonly type: 'NumericLiteral'; readonly value: number })
  | (Located & { readonly type: 'BooleanLiteral'; readonly value: boolean })
  | (Located & { readonly type: 'NilLiteral' })
  | VarargLiteral
  | TableConstructor
  | BinaryExpression
  | LogicalExpression
  | UnaryExpression
  | MemberExpression
  | IndexExpression
  | Call
  | FunctionNode;

export type Identifier = Located & { readonly type: 'Identifier'; readonly name: string };
export type VarargLiteral = Located & { readonly type: 'VarargLiteral' };
export type Target = Identifier | MemberExpression | IndexExpression;
export interface MemberExpression extends Located {
  readonly type: 'MemberExpression';
  readonly indexer: '.' | ':';
  readonly identifier: Identifier;
  readonly base: Expression;
}
export type IndexExpression = Located & { readonly type: 'IndexExpression'; readonly base: Expression; readonly index: Expression };
export type LogicalExpression = Located & { readonly type: 'LogicalExpression'; readonly operator: 'and' | 'or'; readonly left: Expression; readonly right: Expression };
export type UnaryExpression = Located & { readonly type: 'UnaryExpression'; readonly operator: 'not' | '-' | '#' | '~'; readonly argument: Expression };
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^' | '//' | '&' | '|' | '~' | '<<' | '>>' | '..' | '==' | '~=' | '<' | '<=' | '>' | '>=';
export interface BinaryExpression extends Located {
  readonly type: 'BinaryExpression';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export type TableConstructor = Located & { readonly type: 'TableConstructorExpression'; readonly fields: readonly TableField[] };
export type TableField =
  | (Located & { readonly type: 'TableKey'; readonly key: Expression; readonly value: Expression })
  | (Located & { readonly type: 'TableKeyString'; readonly key: Identifier; readonly value: Expression })
  | (Located & { readonly type: 'TableValue'; readonly value: Expression });

export type Call =
  | (Located & { readonly type: 'CallExpression'; readonly base: Expression; readonly arguments: readonly Expression[] })
  | (Located & { readonly type: 'TableCallExpression'; readonly base: Expression; readonly arguments: Expression })
  | (Located & { readonly type: 'StringCallExpression'; readonly base: Expression; readonly argument: Expression });

export function isCall(node: Expression): node is Call {
  return node.type === 'CallExpression' || node.type === 'TableCallExpression' || node.type === 'StringCallExpression';
}

export function argumentsOf(call: Call): readonly Expression[] {
  if (call.type === 'CallExpression') return call.arguments;
  return [call.type === 'TableCallExpression' ? call.arguments : call.argument];
}

export type AnyNode = Chunk | Statement | Expression | IfClause | TableField;

/** The nodes directly below a node, in source order. */
export function* childrenOf(node: object): Generator<AnyNode> {
  for (const [name, value] of Object.entries(node)) {
    if (name === 'loc' || name === 'range') continue;
    if (Array.isArray(value)) yield* value as AnyNode[];
    else if (typeof value === 'object' && value !== null && 'range' in value) yield value as AnyNode;
  }
}
