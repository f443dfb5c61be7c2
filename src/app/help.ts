/** The examples below a command's help: what to type, and what for. */
export function examples(lines: readonly (readonly [command: string, purpose: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return ['', 'Examples:', ...lines.map(([command, purpose]) => `  ${command.padEnd(width)}  ${purpose}`)].join('\n');
}
