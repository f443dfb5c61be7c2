/** What the measurements of this folder have in common on the command line. */
import { parseArgs } from 'node:util';

type Texts = Readonly<Record<string, string>>;

/**
 * Reads `--name value` options; `--help` prints `help` and ends the program, a mistake is told in one line.
 *
 * @param defaults  the options there are, and what each is when it is not given; an empty text stands for "not given"
 */
export function commandLine<const T extends Texts>(help: string, defaults: T): { readonly [K in keyof T]: string } {
  const known = Object.entries(defaults).map(([name, value]) => [name, { type: 'string', default: value }] as const);
  try {
    const { values } = parseArgs({ options: { ...Object.fromEntries(known), help: { type: 'boolean', default: false } } });
    if (values.help === true) {
      console.log(help.trim());
      process.exit(0);
    }
    return values as { readonly [K in keyof T]: string };
  } catch (thrown) {
    return usageError((thrown as Error).message);
  }
}

export function usageError(message: string): never {
  console.error(`${message}\nSee --help`);
  process.exit(2);
}

/** A whole number from 1 on. */
export function count(name: string, text: string): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : usageError(`--${name} wants a whole number from 1 on: ${text}`);
}

export function oneOf<const C extends string>(name: string, text: string, choices: readonly C[]): C {
  const found = choices.find((choice) => choice === text);
  return found ?? usageError(`--${name} is one of ${choices.join(', ')}: ${text}`);
}

/** The options that choose how our node works, and what they are called in its configuration. */
export const NODE_OPTIONS = { engine: 'compiled', udp: 'auto' } as const;
export const NODE_HELP = `  --engine compiled|interpreter   how our node runs the script (default compiled)
  --udp auto|batch|dgram          how it reads and sends datagrams (default auto: batch where the addon is built)`;

export function nodeSettings(options: { readonly engine: string; readonly udp: string }): readonly string[] {
  const engine = oneOf('engine', options.engine, ['compiled', 'interpreter']);
  const udp = oneOf('udp', options.udp, ['auto', 'batch', 'dgram']);
  // What is not asked for is left to the node's own defaults.
  return [...(engine === NODE_OPTIONS.engine ? [] : [`script.engine=${engine}`]), ...(udp === NODE_OPTIONS.udp ? [] : [`sip.udpEngine=${udp}`])];
}
