import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Command } from 'commander';
import { createProgram } from '../../src/app/program.ts';
import { SystemClock } from '../../src/base/system-clock.ts';

const { program } = createProgram({ environment: {}, clock: new SystemClock() });

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

function withSubcommands(command: Command, path: readonly string[]): readonly (readonly [string, Command])[] {
  const own = [...path, command.name()];
  return [[own.join(' '), command], ...command.commands.flatMap((one) => withSubcommands(one, own))];
}

describe('the help of every command', () => {
  for (const [name, command] of withSubcommands(program, [])) {
    test(`${name}: says what it does, with an example that names it`, () => {
      const help = helpOf(command);
      assert.match(help, /^Usage: sipweet/);
      const [, shown] = help.split('\nExamples:\n');
      assert.ok(shown, 'no examples');
      assert.match(shown, command === program ? /^ {2}sipweet /m : new RegExp(`\\b${name}\\b`));
      assert.match(help, /--set <section.option=value>/);
    });
  }

  test('every command of the issue is there', () => {
    const names = withSubcommands(program, []).map(([name]) => name.replace('sipweet ', ''));
    const wanted = 'start,sip,worker,demo,migrate latest,migrate rollback,migrate status,user add,user list,user show,user remove,config check,config print,config explain,x post,x dm,x inbox,x timeline,x users,health sip,health worker';
    for (const name of wanted.split(',')) assert.ok(names.includes(name), name);
  });
});
