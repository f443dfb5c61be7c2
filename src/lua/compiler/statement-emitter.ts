import type { AssignmentStatement, Chunk, ForGenericStatement, ForNumericStatement, FunctionNode, Identifier, IfStatement, LocalStatement, RepeatStatement, ReturnStatement, Statement, Target, WhileStatement } from './ast.ts';
import type { BinaryExpression, Expression } from './ast.ts';
import { isCall } from './ast.ts';
import { hasCall, numeral } from './properties.ts';
import { costOf } from './cost.ts';
import type { AnalysedChunk } from './emitter.ts';
import { ExpressionEmitter } from './expression-emitter.ts';
import { regionsOf, type Region } from './gotos.ts';
import { markLine } from './line-map.ts';

/** Where a `goto` to a label goes from here. */
interface VisibleLabel {
  readonly name: string;
  readonly jump: string;
}

/** Statements, functions and the chunk as a whole. */
export class StatementEmitter extends ExpressionEmitter {
  readonly #code: string;
  #labels: VisibleLabel[] = [];
  /** The JavaScript labels of the loops around, innermost last. */
  #loops: string[] = [];

  /** @param code the source without comments */
  constructor(analysed: AnalysedChunk, chunk: Chunk, code: string) {
    super(analysed, chunk);
    this.#code = code;
  }

  /** The chunk as the text of a function of no upvalues, and the declarations that it needs. */
  chunkFunction(chunk: Chunk): { main: string; sites: string } {
    const main = this.#functionText(chunk, chunk.body, ['...va']);
    return { main, sites: this.siteDeclarations() };
  }

  protected functionValue(node: FunctionNode): string {
    const self = this.chunk.scope.selves.get(node);
    const parameters = node.parameters.map((one) => (one.type === 'Identifier' ? this.#idOf(one) : '...va'));
    return this.#functionText(node, node.body, self === undefined ? parameters : [self.id, ...parameters]);
  }

  protected lineOfOperator(node: BinaryExpression): number {
    const between = this.#code.slice(node.left.range[1], node.right.range[0]);
    const before = between.slice(0, between.indexOf(node.operator));
    return node.left.loc.end.line + before.split('\n').length - 1;
  }

  #functionText(node: Chunk | FunctionNode, body: readonly Statement[], parameters: readonly string[]): string {
    const labels = this.#labels;
    const loops = this.#loops;
    this.#labels = [];
    this.#loops = [];
    let isGenerator = false;
    const text = this.inFunction(node, () => {
      isGenerator = this.isGenerator;
      this.at(node.loc.start.line);
      this.#payFor(body);
      this.#block(body);
      if (body.at(-1)?.type !== 'ReturnStatement') this.write('return NONE;');
    });
    this.#labels = labels;
    this.#loops = loops;
    return isGenerator ? `(function*(${parameters.join()}){${text}})` : `((${parameters.join()})=>{${text}})`;
  }

  #idOf(name: Identifier): string {
    return this.chunk.scope.variables.get(name)!.id;
  }

  /** Takes what the statements cost off the limit. */
  #payFor(statements: readonly Statement[]): void {
    this.write(`if((R.fuel-=${costOf(statements)})<0)R.exhausted();`);
  }

  #block(statements: readonly Statement[]): void {
    this.#stretch(statements, 0, statements.length, regionsOf(statements));
  }

  /** Statements `from` up to `to`, with the regions inside. */
  #stretch(statements: readonly Statement[], from: number, to: number, regions: readonly Region[]): void {
    let at = from;
    while (at < to) {
      const region = regions.find((one) => one.from === at && one.to <= to);
      if (region === undefined) {
        this.#statement(statements[at]!);
        at += 1;
        continue;
      }
      this.#region(statements, region, regions.filter((one) => one !== region));
      at = region.to;
    }
  }

  #region(statements: readonly Statement[], region: Region, inner: readonly Region[]): void {
    const label = this.newLabel(region.label);
    const isLoop = region.kind === 'repeat';
    this.#labels.push({ name: region.label, jump: `${isLoop ? 'continue' : 'break'} ${label};` });
    this.write(isLoop ? `${label}:for(;;){` : `${label}:{`);
    if (isLoop) this.#payFor(statements.slice(region.from, region.to));
    this.#stretch(statements, region.from, region.to, inner);
    this.write(isLoop && statements[region.to - 1]?.type !== 'ReturnStatement' ? `break ${label};}` : '}');
    this.#labels.pop();
  }

  #statement(node: Statement): void {
    this.at(node.loc.start.line);
    this.statementScope(() => this.#emit(node));
  }

  #emit(node: Statement): void {
    switch (node.type) {
      case 'LabelStatement':
        return;
      case 'GotoStatement':
        this.write(this.#labels.findLast(({ name }) => name === node.label.name)!.jump);
        return;
      case 'BreakStatement':
        this.write(`break ${this.#loops.at(-1)};`);
        return;
      case 'CallStatement':
        this.call(node.expression, 'none');
        return;
      case 'DoStatement':
        this.#braces(() => this.#block(node.body));
        return;
      case 'ReturnStatement':
        return this.#return(node);
      case 'IfStatement':
        return this.#if(node);
      case 'WhileStatement':
        return this.#while(node);
      case 'RepeatStatement':
        return this.#repeat(node);
      case 'LocalStatement':
        return this.#local(node);
      case 'AssignmentStatement':
        return this.#assignment(node);
      case 'FunctionDeclaration':
        return this.#function(node);
      case 'ForNumericStatement':
        return this.#numericFor(node);
      case 'ForGenericStatement':
        return this.#genericFor(node);
    }
  }

  #braces(emit: () => void): void {
    this.write('{');
    emit();
    this.write('}');
  }

  #return(node: ReturnStatement): void {
    const [only] = node.arguments;
    if (only === undefined) this.write('return NONE;');
    else if (node.arguments.length > 1) this.write(`return([${this.list(node.arguments)}]);`);
    else if (!this.isMultiple(only)) this.write(`return(${this.value(only)});`);
    else this.write(`return(${isCall(only) ? this.call(only, 'return') : 'va'});`);
  }

  #if(node: IfStatement): void {
    let open = 0;
    for (const { condition, body, loc } of node.clauses) {
      if (condition === undefined) {
        this.#braces(() => this.#block(body));
        continue;
      }
      // What the condition needs as statements stands in the `else` of the clause before.
      const text = this.apart(() => {
        this.at(loc.start.line);
        this.write(`if(${this.condition(condition)})`);
      });
      this.write(`{${text}`);
      open += 1;
      this.#braces(() => this.#block(body));
      if (node.clauses.at(-1)!.body !== body) this.write('else');
    }
    this.write('}'.repeat(open));
  }

  #loop(name: string, head: string, emit: () => void): void {
    const label = this.newLabel(name);
    this.#loops.push(label);
    this.write(`${label}:${head}{`);
    emit();
    this.write('}');
    this.#loops.pop();
  }

  #while(node: WhileStatement): void {
    this.#loop('while', 'for(;;)', () => {
      this.at(node.loc.start.line);
      this.write(`if(!(${this.condition(node.condition)}))break;`);
      this.#payFor(node.body);
      this.#block(node.body);
    });
  }

  #repeat(node: RepeatStatement): void {
    this.#loop('repeat', 'for(;;)', () => {
      this.#payFor(node.body);
      this.#block(node.body);
      if (node.body.at(-1)?.type === 'ReturnStatement') return;
      this.at(node.condition.loc.start.line);
      this.write(`if(${this.condition(node.condition)})break;`);
    });
  }

  #local(node: LocalStatement): void {
    const names = node.variables.map((name) => this.#idOf(name));
    if (node.init.length === 0) {
      this.write(`let ${names.join()};`);
      return;
    }
    const values = this.adjusted(node.init, names.length);
    this.write(`let ${names.map((name, index) => `${name}=${values[index]}`).join()};`);
  }

  #function(node: FunctionNode): void {
    const { identifier } = node;
    if (node.isLocal) {
      const name = this.#idOf(identifier as Identifier);
      this.write(`let ${name};${name}=${this.functionValue(node)};`);
      return;
    }
    const store = this.#target(identifier as Target);
    this.write(`${store(this.functionValue(node))};`);
  }

  #assignment(node: AssignmentStatement): void {
    const [target] = node.variables;
    const [value] = node.init;
    if (node.variables.length === 1 && node.init.length === 1) {
      const store = this.#target(target!, [value!]);
      this.write(`${store(this.value(value!))};`);
      return;
    }
    const stores = node.variables.map((one) => this.#target(one, node.init, true));
    const values = this.adjusted(node.init, stores.length).map((text) => this.keep(text));
    // From the right, as Lua does.
    for (let index = stores.length - 1; index >= 0; index -= 1) this.write(`${stores[index]!(values[index]!)};`);
  }

  /**
   * How to store into a target whose table and key are evaluated now.
   * @param before what is evaluated between now and the store
   * @param keep evaluate into temporary variables: another target may change what this one is made of
   */
  #target(target: Target, before: readonly Expression[] = [], keep = false): (value: string) => string {
    if (target.type === 'Identifier') {
      const variable = this.variableOf(target);
      if (variable !== undefined) return (value) => `${variable.id}=${value}`;
      const site = this.globalSite(target.name);
      return (value) => `writeField(R,${site},G,${value})`;
    }
    const line = markLine(target.loc.end.line);
    const what = this.describe(target.base);
    const hold = keep || before.some(hasCall);
    const settle = (node: Expression, text: string) => (hold && (keep || this.variableOf(node) === undefined) ? this.keep(text) : text);
    if (target.type === 'MemberExpression' || target.index.type === 'StringLiteral') {
      const key = target.type === 'MemberExpression' ? target.identifier.name : (target.index as { value: string }).value;
      const site = this.site(key, what);
      const table = settle(target.base, this.value(target.base));
      return (value) => `${line}writeField(R,${site},${table},${value})`;
    }
    const [tableText = '', keyText = ''] = this.operands([target.base, target.index]);
    const table = settle(target.base, tableText);
    const key = settle(target.index, keyText);
    return (value) => `${line}setIndex(R,${table},${key},${value},${what})`;
  }

  #numericFor(node: ForNumericStatement): void {
    const parts = node.step === null ? [node.start, node.end] : [node.start, node.end, node.step];
    const [start = '', limit = '', step = '1'] = this.valuesBeforeChecks(parts);
    const id = this.#idOf(node.variable);
    const variable = this.variableOf(node.variable)!;
    // A variable that the body changes or keeps is another one than the loop counts with.
    const counter = variable.assigned || variable.captured ? `${id}n` : id;
    const declared = [`${id}l=${numeral(node.end) === undefined ? `forNumber(${limit},'limit')` : limit}`];
    let condition = `${counter}<=${id}l`;
    let increment = step;
    const fixedStep = node.step === null ? 1 : numeral(node.step);
    if (fixedStep === undefined) {
      declared.push(`${id}s=forNumber(${step},'step')`);
      increment = `${id}s`;
      condition = `(0<${id}s?${condition}:${id}l<=${counter})`;
    } else if (fixedStep <= 0) {
      condition = `${id}l<=${counter}`;
    }
    const isWhole = Number.isSafeInteger(numeral(node.start)) && Number.isSafeInteger(fixedStep);
    declared.push(`${counter}=${isWhole ? start : `forStart(${start},${increment})`}`);
    this.#loop('for', `for(let ${declared.join()};${condition};${counter}+=${increment})`, () => {
      this.#payFor(node.body);
      if (counter !== id) this.write(`let ${id}=${counter};`);
      this.#block(node.body);
    });
  }

  #genericFor(node: ForGenericStatement): void {
    const [first = ''] = node.variables.map((name) => this.#idOf(name));
    const state = ['f', 's', 'c'].map((letter) => `${first}${letter}`);
    const values = this.adjusted(node.iterators, 3);
    this.#braces(() => {
      const [iterator, subject, control] = state;
      this.write(`let ${state.map((name, index) => `${name}=${values[index]}`).join()};`);
      this.#loop('for', 'for(;;)', () => {
        this.#payFor(node.body);
        this.at(node.loc.start.line);
        const names = node.variables.map((name) => this.#idOf(name));
        const callee = `(typeof ${iterator}==='function'?${iterator}:callable(R,${iterator}))`;
        this.statementScope(() => {
          const mayWait = this.chunk.waits.atLoop(node);
          if (names.length === 1) {
            this.write(`let ${names[0]}=${this.settle(`${callee}(${subject},${control})`, 'one', mayWait)};`);
          } else {
            const results = this.settle(`${callee}(${subject},${control})`, 'all', mayWait);
            this.write(`${results}=all(${results});let ${names.map((name, index) => `${name}=${results}[${index}]`).join()};`);
          }
        });
        this.write(`if(${names[0]}===undefined)break;${control}=${names[0]};`);
        this.#block(node.body);
      });
    });
  }
}
