import type { Expression } from './ast.ts';
import { markLine } from './line-map.ts';
import type { FunctionLike, Scope, Variable } from './scope.ts';
import type { Waits } from './waits.ts';

/** What is known of the function that code is being made for. */
interface Frame {
  readonly node: FunctionLike;
  /** It is a generator. */
  readonly waits: boolean;
  /** Temporary variables that the statement at hand has used so far, and the most that any statement used. */
  temporaries: number;
  mostTemporaries: number;
}

/** A chunk with all that was found out about it. */
export interface AnalysedChunk {
  readonly scope: Scope;
  readonly waits: Waits;
  readonly parenthesised: ReadonlySet<Expression>;
}

/**
 * The text that is being made, and the names in it. Expressions are texts that are put into others; what has to
 * happen before an expression is written as statements.
 */
export class Emitter {
  protected readonly chunk: AnalysedChunk;
  #out = '';
  #frame: Frame;
  /** Arguments of the field sites that the code has: of `new FieldSite(key, what)`. */
  readonly #sites: string[] = [];
  readonly #globalSites = new Map<string, string>();
  #labels = 0;

  constructor(chunk: AnalysedChunk, node: FunctionLike) {
    this.chunk = chunk;
    this.#frame = this.#newFrame(node);
  }

  /** Is the code a generator's? */
  protected get isGenerator(): boolean {
    return this.#frame.waits;
  }

  protected get function(): FunctionLike {
    return this.#frame.node;
  }

  /** Appends text. A method, so that what its argument appends by itself comes before. */
  protected write(text: string): void {
    this.#out += text;
  }

  /** Runs `emit` for the inside of another function; what it appends is the result. */
  protected inFunction(node: FunctionLike, emit: () => void): string {
    const frame = this.#frame;
    this.#frame = this.#newFrame(node);
    const text = this.apart(() => {
      emit();
      const { mostTemporaries } = this.#frame;
      // `var`: declared for the whole function, wherever it stands.
      if (mostTemporaries > 0) this.write(`var ${Array.from({ length: mostTemporaries }, (_, index) => `t${index + 1}`).join()};`);
    });
    this.#frame = frame;
    return text;
  }

  /** What `emit` appends, which then is not appended. */
  protected apart(emit: () => void): string {
    const before = this.#out;
    this.#out = '';
    emit();
    const text = this.#out;
    this.#out = before;
    return text;
  }

  /** A temporary variable that nothing else in this statement uses. */
  protected temporary(): string {
    const frame = this.#frame;
    frame.temporaries += 1;
    frame.mostTemporaries = Math.max(frame.mostTemporaries, frame.temporaries);
    return `t${frame.temporaries}`;
  }

  /** Between two statements no temporary variable is in use, but for those of the statements around them. */
  protected statementScope(emit: () => void): void {
    const { temporaries } = this.#frame;
    emit();
    this.#frame.temporaries = temporaries;
  }

  /** Keeps a value in a temporary variable. */
  protected keep(value: string): string {
    const name = this.temporary();
    this.write(`${name}=${value};`);
    return name;
  }

  /** A place that reads or writes the field `key`; `what` describes the value that is indexed. */
  protected site(key: string, what: string): string {
    this.#sites.push(`${JSON.stringify(key)},${what}`);
    return `s${this.#sites.length}`;
  }

  /** The place of all uses of one global. */
  protected globalSite(name: string): string {
    const known = this.#globalSites.get(name);
    if (known !== undefined) return known;
    const site = this.site(name, 'undefined');
    this.#globalSites.set(name, site);
    return site;
  }

  protected siteDeclarations(): string {
    return this.#sites.map((site, index) => `const s${index + 1}=new FieldSite(${site});`).join('');
  }

  protected newLabel(name: string): string {
    this.#labels += 1;
    return `${name}_${this.#labels}`;
  }

  protected at(line: number): void {
    this.write(markLine(line));
  }

  protected variableOf(node: Expression): Variable | undefined {
    return node.type === 'Identifier' ? this.chunk.scope.variables.get(node) : undefined;
  }

  /** The words by which errors name an operand, as a JavaScript literal; `undefined` when it has no name. */
  protected describe(node: Expression): string {
    if (node.type === 'Identifier') {
      const variable = this.variableOf(node);
      if (variable === undefined) return JSON.stringify(`global '${node.name}'`);
      return JSON.stringify(`${variable.owner === this.function ? 'local' : 'upvalue'} '${node.name}'`);
    }
    if (node.type === 'MemberExpression') return JSON.stringify(`${node.indexer === ':' ? 'method' : 'field'} '${node.identifier.name}'`);
    if (node.type === 'IndexExpression') return JSON.stringify(`field '${node.index.type === 'StringLiteral' ? node.index.value : '?'}'`);
    return 'undefined';
  }

  #newFrame(node: FunctionLike): Frame {
    return { node, waits: this.chunk.waits.functions.has(node), temporaries: 0, mostTemporaries: 0 };
  }
}
