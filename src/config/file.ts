/** `sipweet.yaml` as a source. Every value keeps the place where it stands. */
import { readFileSync } from 'node:fs';
import { isAlias, isCollection, isMap, isNode, isScalar, LineCounter, parseDocument, type Document, type Node, type YAMLMap } from 'yaml';
import { AppError, errorText } from '../base/errors.ts';
import { optionHint, sectionHint, type Problem } from './problem.ts';
import { ANY_SECTIONS, entryAt, type Entry } from './schema.ts';
import type { Environment, Findings, Setting } from './setting.ts';

/** Reads a file. Throws `config.unreadable` when it is not there or is not YAML. */
export function readConfigFile(file: string, environment: Environment): Findings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('config.unreadable', `Cannot read the configuration: ${errorText(cause)}`, { cause });
  }
  return new FileReader(file, text, environment).read();
}

class FileReader {
  readonly #file: string;
  readonly #environment: Environment;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #settings: Setting[] = [];
  readonly #problems: Problem[] = [];

  constructor(file: string, text: string, environment: Environment) {
    this.#file = file;
    this.#environment = environment;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const errors = this.#document.errors;
    if (errors.length > 0) {
      const lines = errors.map((error) => `  ${this.#placeAt(error.pos[0])}: ${error.message}`);
      throw new AppError('config.unreadable', ['The configuration is not YAML', ...lines].join('\n'));
    }
  }

  read(): Findings {
    const root = this.#document.contents;
    if (isMap(root)) this.#readRoot(root);
    else if (root !== null && !isNull(root)) this.#report(root, '', 'must be a map of sections');
    return { settings: this.#settings, problems: this.#problems };
  }

  #readRoot(root: YAMLMap): void {
    for (const { key, value } of root.items) {
      const name = String(key);
      const node = this.#resolve(value);
      if (!ANY_SECTIONS.some(([known]) => known === name)) {
        this.#report(key, name, `is no section${sectionHint(name)}`);
      } else if (isMap(node)) {
        this.#readSection(name, node);
      } else if (node !== undefined && !isNull(node)) {
        this.#report(node, name, 'must be a map of options');
      }
    }
  }

  #readSection(sectionName: string, map: YAMLMap): void {
    for (const { key, value } of map.items) {
      const path = `${sectionName}.${String(key)}`;
      const entry = entryAt(path);
      const node = this.#resolve(value);
      if (entry === undefined) this.#report(key, path, `is no option${optionHint(sectionName, String(key))}`);
      // An option without a value is one that keeps its default.
      else if (node !== undefined && !isNull(node)) this.#readOption(entry, node);
    }
  }

  #readOption(entry: Entry, node: Node): void {
    const missing = new Set<string>();
    const value = fillIn(node.toJS(this.#document), this.#environment, missing);
    for (const name of missing) {
      this.#report(node, entry.path, `needs the variable ${name}, which is not set; \${${name}:-value} gives a default`);
    }
    if (missing.size > 0) return;
    const locate = (part: readonly PropertyKey[]) => this.#place(this.#partOf(node, part));
    this.#settings.push({ entry, value, source: this.#place(node), locate });
  }

  /** The deepest node on the way to a part of a value. */
  #partOf(node: Node, part: readonly PropertyKey[]): Node {
    let deepest = node;
    for (const key of part) {
      const next = isCollection(deepest) ? this.#resolve(deepest.get(key, true)) : undefined;
      if (next === undefined) break;
      deepest = next;
    }
    return deepest;
  }

  #resolve(node: unknown): Node | undefined {
    if (isAlias(node)) return node.resolve(this.#document);
    return isNode(node) ? node : undefined;
  }

  #report(at: unknown, path: string, text: string): void {
    this.#problems.push({ source: this.#place(at), path, text });
  }

  #place(node: unknown): string {
    return this.#placeAt(isNode(node) ? (node.range?.[0] ?? 0) : 0);
  }

  #placeAt(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#file}:${line}:${col}`;
  }
}

const isNull = (node: Node) => isScalar(node) && node.value === null;

/**
 * Puts variables of the environment in place of `${NAME}` and `${NAME:-default}`; `$${` is a plain
 * `${`. An empty variable counts as not set. Names without a value and default go to `missing`.
 */
function fillIn(value: unknown, environment: Environment, missing: Set<string>): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$(\$\{)|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g, (_, plain, name: string, standby) => {
      if (plain !== undefined) return '${';
      const found = environment[name] || (standby as string | undefined);
      if (found === undefined) missing.add(name);
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item) => fillIn(item, environment, missing));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn(item, environment, missing)]));
}
