import { argumentsOf, isCall, type BinaryExpression, type Call, type Expression, type FunctionNode, type LogicalExpression, type TableConstructor, type UnaryExpression } from './ast.ts';
import { Emitter } from './emitter.ts';
import { markLine } from './line-map.ts';
import { hasCall, isBoolean, isLiteral, numeral } from './properties.ts';

/** What becomes of the results of a call. */
type Want = 'none' | 'one' | 'all' | 'return';

const ARITHMETIC: Readonly<Record<string, (a: string, b: string) => string>> = {
  '+': (a, b) => `${a}+${b}`,
  '-': (a, b) => `${a}-${b}`,
  '*': (a, b) => `${a}*${b}`,
  '/': (a, b) => `${a}/${b}`,
  '%': (a, b) => `modulo(${a},${b})`,
  '//': (a, b) => `floorDivide(${a},${b})`,
  '^': (a, b) => `power(${a},${b})`,
};

/** Expressions. Every method gives the text of an expression that is evaluated once. */
export abstract class ExpressionEmitter extends Emitter {
  /** A function, as an expression. */
  protected abstract functionValue(node: FunctionNode): string;

  /** The value of an expression, one for calls and `...` too. */
  protected value(node: Expression): string {
    if (isCall(node)) return this.call(node, 'one');
    switch (node.type) {
      case 'StringLiteral':
        return JSON.stringify(node.value);
      case 'NumericLiteral':
        return String(node.value);
      case 'BooleanLiteral':
        return String(node.value);
      case 'NilLiteral':
        return 'undefined';
      case 'VarargLiteral':
        return 'va[0]';
      case 'Identifier':
        return this.variableOf(node)?.id ?? this.#readField(this.globalSite(node.name), 'G', node);
      case 'FunctionDeclaration':
        return this.functionValue(node);
      case 'TableConstructorExpression':
        return this.#table(node);
      case 'BinaryExpression':
        return this.#binary(node);
      case 'LogicalExpression':
        return this.#logical(node);
      case 'UnaryExpression':
        return this.#unary(node);
      case 'MemberExpression':
        return this.#readField(this.site(node.identifier.name, this.describe(node.base)), this.value(node.base), node);
      case 'IndexExpression': {
        if (node.index.type === 'StringLiteral') return this.#readField(this.site(node.index.value, this.describe(node.base)), this.value(node.base), node);
        const [base, key] = this.operands([node.base, node.index]);
        return `${markLine(node.loc.end.line)}index(R,${base},${key},${this.describe(node.base)})`;
      }
    }
  }

  /** A JavaScript boolean: is the value neither nil nor false? */
  protected condition(node: Expression): string {
    if (isBoolean(node) && !(node.type === 'UnaryExpression')) return this.value(node);
    if (node.type === 'UnaryExpression' && node.operator === 'not') return `!(${this.condition(node.argument)})`;
    if (node.type === 'NilLiteral') return 'false';
    if (isLiteral(node) || node.type === 'TableConstructorExpression' || node.type === 'FunctionDeclaration') return `(${this.value(node)},true)`;
    if (node.type === 'LogicalExpression') {
      const left = this.condition(node.left);
      if (!hasCall(node.right)) return `(${left}${node.operator === 'and' ? '&&' : '||'}${this.condition(node.right)})`;
      const result = this.keep(left);
      this.write(`if(${node.operator === 'and' ? '' : '!'}${result}){`);
      this.write(`${result}=${this.condition(node.right)};}`);
      return result;
    }
    const [test, value] = this.#once(this.value(node));
    return `(${test}!==undefined&&${value}!==false)`;
  }

  /** Is it a list of values when it stands last? */
  protected isMultiple(node: Expression | undefined): node is Expression {
    return node !== undefined && (isCall(node) || node.type === 'VarargLiteral') && !this.chunk.parenthesised.has(node);
  }

  /** Values that are computed one after the other and then used together, as arguments are. */
  protected values(nodes: readonly Expression[]): string[] {
    return this.#inOrder(nodes);
  }

  /** Values of which all are computed before the first is looked at. Numerals are nothing to look at. */
  protected valuesBeforeChecks(nodes: readonly Expression[]): string[] {
    return this.#inOrder(nodes, { keepAll: nodes.filter((node) => numeral(node) === undefined).length > 1 });
  }

  /**
   * The operands of an operator. Like Lua's, it looks at local variables when it works, not when it meets them:
   * `x + f()` sees what `f` did to `x`.
   */
  protected operands(nodes: readonly Expression[]): string[] {
    return this.#inOrder(nodes, { asOperands: true });
  }

  /** Values as the inside of an argument list or array, all results of the last one included. */
  protected list(nodes: readonly Expression[]): string {
    const last = nodes.at(-1);
    if (!this.isMultiple(last)) return this.values(nodes).join();
    const before = this.#inOrder(nodes.slice(0, -1), { keepAll: hasCall(last) });
    return [...before, this.#spread(last)].join();
  }

  /** As many values as there are names for. */
  protected adjusted(nodes: readonly Expression[], count: number): string[] {
    const last = nodes.at(-1);
    if (nodes.length >= count || !this.isMultiple(last)) {
      const values = this.values(nodes);
      for (const extra of values.splice(count)) this.write(`${extra};`);
      while (values.length < count) values.push('undefined');
      return values;
    }
    const before = this.#inOrder(nodes.slice(0, -1), { keepAll: hasCall(last) });
    const rest = last.type === 'VarargLiteral' ? 'va' : this.keep(`all(${this.call(last as Call, 'all')})`);
    return [...before, ...Array.from({ length: count - before.length }, (_, index) => `${rest}[${index}]`)];
  }

  /** A call, as statements; the text of what it gives. */
  protected call(node: Call, want: Want): string {
    const args = argumentsOf(node);
    const { text, self, known } = this.#callee(node, args.some(hasCall));
    const given = this.#arguments(args);
    if (self !== undefined) given.unshift(self);
    const line = markLine(node.loc.start.line);
    const callee = known ? text : `(typeof ${text}==='function'?${text}:callable(R,${text},${this.describe(node.base)}))`;
    return this.settle(`${line}${callee}(${given.join()})`, want, this.chunk.waits.atCall(node));
  }

  /** Makes of a call's text what is wanted of it; ends the function when the call ends the route. */
  protected settle(call: string, want: Want, mayWait: boolean): string {
    if (want === 'return' && !(mayWait && this.isGenerator)) return call;
    const result = this.keep(call);
    if (mayWait && this.isGenerator) this.write(`if(typeof ${result}==='object'&&isSuspension(${result}))${result}=yield*${result};`);
    if (want === 'return') return result;
    // One look at the type in the usual case; tables are objects too, and come through.
    if (want === 'one') this.write(`if(typeof ${result}==='object'){if(ended(${result}))return EXIT;${result}=first(${result});}`);
    else this.write(`if(typeof ${result}==='object'&&ended(${result}))return EXIT;`);
    return result;
  }

  #callee(node: Call, beforeCalls: boolean): { text: string; self?: string; known: boolean } {
    const { base } = node;
    if (base.type === 'MemberExpression' && base.indexer === ':') {
      const self = this.keep(this.value(base.base));
      return { text: this.keep(this.#readField(this.site(base.identifier.name, this.describe(base.base)), self, base)), self, known: false };
    }
    const variable = this.variableOf(base);
    if (variable !== undefined && !variable.assigned && variable.initial?.type === 'FunctionDeclaration') return { text: variable.id, known: true };
    if (variable !== undefined && !(beforeCalls && variable.assigned && variable.captured)) return { text: variable.id, known: false };
    return { text: this.keep(this.value(base)), known: false };
  }

  /** Arguments that can be written inside the call: they are computed before, in order, each on its line. */
  #arguments(nodes: readonly Expression[]): string[] {
    const last = nodes.at(-1);
    const single = this.isMultiple(last) ? nodes.slice(0, -1) : nodes;
    const texts = this.#inOrder(single, { keepAll: true });
    return this.isMultiple(last) ? [...texts, this.#spread(last)] : texts;
  }

  #spread(node: Expression): string {
    if (node.type === 'VarargLiteral') return '...va';
    return `...all(${this.call(node as Call, 'all')})`;
  }

  /**
   * @param asOperands of an operator, which looks at local variables when it works
   * @param keepAll    also what no call follows
   */
  #inOrder(nodes: readonly Expression[], { asOperands = false, keepAll = false }: { asOperands?: boolean; keepAll?: boolean } = {}): string[] {
    const lastCall = keepAll ? nodes.length : nodes.findLastIndex(hasCall);
    return nodes.map((node, index) => {
      const text = this.value(node);
      return index >= lastCall || isCall(node) || this.#isSteady(node, asOperands) ? text : this.keep(text);
    });
  }

  /** Stays the same whatever is called meanwhile. */
  #isSteady(node: Expression, asOperand: boolean): boolean {
    if (isLiteral(node)) return true;
    const variable = this.variableOf(node);
    if (variable === undefined) return false;
    return !(variable.assigned && variable.captured) || (asOperand && variable.owner === this.function);
  }

  /** A text to evaluate a value for the first time, and one to use it again. */
  #once(text: string): [string, string] {
    if (/^[\w$]+$/.test(text) || text.startsWith('"')) return [text, text];
    const name = this.temporary();
    return [`(${name}=${text})`, name];
  }

  #readField(site: string, base: string, node: Expression): string {
    const [table, again] = this.#once(base);
    const cell = this.temporary();
    const before = table === again ? '' : `${table},`;
    return `(${before}(${cell}=${site}.cell).owner===${again}&&(${cell}=${cell}.value)!==undefined?${cell}:${markLine(node.loc.end.line)}readField(R,${site},${again}))`;
  }

  #table(node: TableConstructor): string {
    if (node.fields.length === 0) return 'new LuaTable()';
    const values = node.fields.flatMap((field) => (field.type === 'TableKey' ? [field.key, field.value] : [field.value]));
    const last = node.fields.at(-1)!;
    const isOpen = last.type === 'TableValue' && this.isMultiple(last.value);
    let texts = this.#inOrder(isOpen ? values.slice(0, -1) : values, { keepAll: isOpen && hasCall(last.value) });
    const before: string[] = [];
    const firstEntry = node.fields.findIndex(({ type }) => type !== 'TableValue');
    if (firstEntry >= 0 && node.fields.findLastIndex(({ type }) => type === 'TableValue') > firstEntry) {
      // Written behind the list, but computed before some of it.
      texts = texts.map((text) => {
        const [first, again] = this.#once(text);
        if (first !== again) before.push(`${first},`);
        return again;
      });
    }
    if (isOpen) texts.push(this.#spread(last.value));
    const list: string[] = [];
    const entries: string[] = [];
    for (const field of node.fields) {
      if (field.type === 'TableValue') list.push(texts.shift()!);
      else entries.push(field.type === 'TableKey' ? texts.shift()! : JSON.stringify(field.key.name), texts.shift()!);
    }
    const table = `${markLine(node.loc.start.line)}newTable([${list.join()}],[${entries.join()}])`;
    return before.length === 0 ? table : `(${before.join('')}${table})`;
  }

  #logical(node: LogicalExpression): string {
    const goesOn = (name: string) => (node.operator === 'and' ? `${name}!==undefined&&${name}!==false` : `${name}===undefined||${name}===false`);
    if (hasCall(node.right)) {
      const result = this.keep(this.value(node.left));
      this.write(`if(${goesOn(result)}){`);
      this.write(`${result}=${this.value(node.right)};}`);
      return result;
    }
    const result = this.temporary();
    return `(${result}=${this.value(node.left)},${goesOn(result)}?${this.value(node.right)}:${result})`;
  }

  #unary(node: UnaryExpression): string {
    if (node.operator === 'not') return `!(${this.condition(node.argument)})`;
    if (node.operator === '-' && node.argument.type === 'NumericLiteral') return `(-${node.argument.value})`;
    const what = this.describe(node.argument);
    const line = markLine(node.loc.start.line);
    const value = this.value(node.argument);
    if (node.operator === '#') return `${line}length(R,${value},${what})`;
    if (node.operator === '~') return `${line}bitNot(R,${value},${what})`;
    const [test, again] = this.#once(value);
    return `(typeof ${test}==='number'?-${again}:${line}negate(R,${again},${what}))`;
  }

  #binary(node: BinaryExpression): string {
    if (node.operator === '..') return this.#concatenation(node);
    const [left = '', right = ''] = this.operands([node.left, node.right]);
    const { operator } = node;
    if (operator === '==' || operator === '~=') return this.#equality(node, left, right);
    // Both are evaluated before either is looked at.
    const [a, a2] = this.#once(left);
    const [b, b2] = this.#once(right);
    const before = [a === a2 ? '' : a, b === b2 ? '' : b].filter((text) => text !== '').map((text) => `${text},`).join('');
    const tests = [node.left, node.right]
      .map((operand, index) => (operand.type === 'NumericLiteral' ? '' : `typeof ${index === 0 ? a2 : b2}==='number'`))
      .filter((test) => test !== '');
    const test = tests.length === 0 ? 'true' : tests.join('&&');
    const line = markLine(this.operatorLine(node));
    switch (operator) {
      case '<':
        return `(${before}${test}?${a2}<${b2}:${line}lessThan(R,${a2},${b2}))`;
      case '<=':
        return `(${before}${test}?${a2}<=${b2}:${line}lessEqual(R,${a2},${b2}))`;
      case '>':
        return `(${before}${test}?${a2}>${b2}:${line}lessThan(R,${b2},${a2}))`;
      case '>=':
        return `(${before}${test}?${a2}>=${b2}:${line}lessEqual(R,${b2},${a2}))`;
    }
    const slow = `${line}arithmetic(R,'${operator}',${a2},${b2},${this.describe(node.left)},${this.describe(node.right)})`;
    const fast = ARITHMETIC[operator];
    return fast === undefined ? `(${before}${slow})` : `(${before}${test}?${fast(a2, b2)}:${slow})`;
  }

  #equality(node: BinaryExpression, left: string, right: string): string {
    const not = node.operator === '~=';
    if (isLiteral(node.left) || isLiteral(node.right)) return `(${left}${not ? '!==' : '==='}${right})`;
    const [a, a2] = this.#once(left);
    const [b, b2] = this.#once(right);
    const line = markLine(this.operatorLine(node));
    return `${not ? '!' : ''}(${a}===${b}||(typeof ${a2}==='object'&&${line}equals(R,${a2},${b2})))`;
  }

  /** `a .. b .. c`: all operands first, then joined from the right, as `__concat` can tell. */
  #concatenation(node: BinaryExpression): string {
    const operands: Expression[] = [];
    const lines: number[] = [];
    let rest: Expression = node;
    while (rest.type === 'BinaryExpression' && rest.operator === '..') {
      operands.push(rest.left);
      lines.push(this.operatorLine(rest));
      rest = rest.right;
    }
    operands.push(rest);
    const names = this.values(operands).map((text) => this.#once(text));
    const before = names.filter(([first, again]) => first !== again).map(([first]) => `${first},`);
    let joined = names.at(-1)![1];
    for (let index = operands.length - 2; index >= 0; index -= 1) {
      const [test, again] = this.#once(joined);
      const [, left] = names[index]!;
      const right = operands[index + 1]!;
      const tests = [operands[index]!.type === 'StringLiteral' ? 'true' : `typeof ${left}==='string'`];
      if (!(index === operands.length - 2 && right.type === 'StringLiteral')) tests.push(`typeof ${again}==='string'`);
      const what = index === operands.length - 2 ? this.describe(right) : 'undefined';
      const evaluated = test === again ? '' : `${test},`;
      joined = `(${evaluated}${tests.join('&&')}?${left}+${again}:${markLine(lines[index]!)}concat(R,${left},${again},${this.describe(operands[index]!)},${what}))`;
    }
    return `(${before.join('')}${joined})`;
  }

  /** The line on which errors of an operator are reported. */
  protected operatorLine(node: BinaryExpression): number {
    return node.left.loc.end.line === node.right.loc.start.line ? node.right.loc.start.line : this.lineOfOperator(node);
  }

  /** The line of the operator itself, when its operands are on different lines. */
  protected abstract lineOfOperator(node: BinaryExpression): number;
}
