import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Command, NotUnderstood } from '../../src/commands/command.ts';
import { MAX_ABOUT_LENGTH, MAX_MESSAGE_BYTES } from '../../src/commands/slots.ts';
import { parseCommand } from '../../src/commands/parse-command.ts';
import { context } from './context.ts';

function command(text: string, changes = {}): Command {
  const parsed = parseCommand(text, context(changes));
  assert.ok(parsed.ok, `${text}: ${JSON.stringify(parsed)}`);
  return parsed.command;
}

function failure(text: string, changes = {}): NotUnderstood {
  const parsed = parseCommand(text, context(changes));
  assert.ok(!parsed.ok, `${text}: ${JSON.stringify(parsed)}`);
  return parsed.failure;
}

const CALL_ALICE: Command = { verb: 'call', target: { kind: 'handle', handle: 'alice' } };

describe('what stands round a command is no part of it', () => {
  const written = [
    '@bot call @alice',
    '@BOT: Call @alice',
    '.@bot, call @alice!',
    '@carol @dave @bot call @alice',
    '@carol call @alice @bot',
    'hey @bot could you please call @alice? Thanks',
    'call @alice https://t.co/aBcDeF #sip @bot',
    '📞 call @alice 🙏',
    '\u201ccall @alice\u201d',
    'call\u00a0@alice',
    'call\r\n\t@alice',
    'c\u200ball @al\u200dice',
    '\u202ecall \u2066@alice\u2069',
    '\uff43\uff41\uff4c\uff4c \uff20\uff41\uff4c\uff49\uff43\uff45',
    'CALL @alice',
    'call\u0000 @alice\u0007',
  ];
  for (const text of written) test(JSON.stringify(text), () => assert.deepEqual(command(text), CALL_ALICE));

  test('mentions of others alone are words: a message needs its colon', () => {
    assert.deepEqual(failure('@alice hello'), { problem: 'unknown-command', words: '@alice hello' });
    assert.deepEqual(command('@alice: hello'), { verb: 'message', target: { kind: 'handle', handle: 'alice' }, text: 'hello' });
  });

  test('a mention of us alone is empty, as are blanks and invisible characters', () => {
    for (const text of ['@bot', ' @bot \n', '', '\u200b\u202e', '🙂']) assert.deepEqual(failure(text), { problem: 'empty' });
  });
});

describe('texts for people', () => {
  const text = (written: string) => (command(written) as Extract<Command, { verb: 'message' }>).text;

  test('all as written, with its emoji, links and thanks', () => {
    assert.equal(text('msg alice  See §2…  “x” ½ 👩\u200d👧 https://t.co/Ab1 thanks @bot'), 'See §2… “x” ½ 👩\u200d👧 https://t.co/Ab1 thanks @bot');
  });

  test('an entity of HTML is text: those of X were decoded where it was read', () => assert.equal(text('msg alice 1 &lt; 2 & <b>'), '1 &lt; 2 & <b>'));

  test('a line break is a space: no text begins a line of its own', () => {
    assert.equal(text('msg alice hi\r\nRoute: <sip:evil@example.com>\u2028x\u0085y\u000bz'), 'hi Route: <sip:evil@example.com> x y z');
  });

  test('characters that turn the direction of what follows are gone', () => assert.equal(text('msg alice a\u202eb\u2067c\u200fd'), 'abcd'));

  test(`a message of more than ${MAX_MESSAGE_BYTES} bytes is refused, not cut`, () => {
    assert.equal(text(`msg alice ${'é'.repeat(MAX_MESSAGE_BYTES / 2)}`).length, MAX_MESSAGE_BYTES / 2);
    const { problem, verb } = failure(`msg alice ${'é'.repeat(MAX_MESSAGE_BYTES / 2)}x`);
    assert.deepEqual({ problem, verb }, { problem: 'value-invalid', verb: 'message' });
  });

  test(`a reminder about more than ${MAX_ABOUT_LENGTH} characters is refused`, () => {
    assert.equal(failure(`remind me at 9 to ${'x'.repeat(MAX_ABOUT_LENGTH + 1)}`).problem, 'value-invalid');
  });

  test('a mention of us behind a reminder is no part of it', () => {
    const reminder = command('remind me at 21:00 to read https://t.co/x @bot') as Extract<Command, { verb: 'remind' }>;
    assert.equal(reminder.about, 'read https://t.co/x');
  });
});

describe('languages', () => {
  test('every language is understood, whatever the author has', () => {
    for (const locale of ['en', 'de', 'de-AT', 'fr', '']) {
      assert.deepEqual(command('ruf @alice an', { locale }), CALL_ALICE);
      assert.deepEqual(command('call @alice', { locale }), CALL_ALICE);
    }
  });

  test('a time of one language in a sentence of another', () => {
    const { when } = command('call alice morgen um 9', { locale: 'en' }) as Extract<Command, { verb: 'call' }>;
    assert.equal(when?.kind === 'wall' && when.wall, '2026-11-28T09:00');
  });
});

describe('what was not understood', () => {
  const cases: readonly [string, NotUnderstood][] = [
    ['cancle 3', { problem: 'unknown-command', words: 'cancle 3', suggestion: 'cancel' }],
    ['timezoen Europe/Berlin', { problem: 'unknown-command', words: 'timezoen Europe/Berlin', suggestion: 'timezone' }],
    ['vershiebe 3', { problem: 'unknown-command', words: 'vershiebe 3', suggestion: 'verschiebe' }],
    ['call', { problem: 'target-missing', verb: 'call' }],
    ['call tomorrow', { problem: 'target-missing', verb: 'call' }],
    ['call @this_name_is_too_long', { problem: 'target-invalid', verb: 'call', words: '@this_name_is_too_long' }],
    ['call alice tomorrow at 25:00', { problem: 'time-invalid', verb: 'call', words: 'tomorrow at 25:00' }],
    ['call alice on monday', { problem: 'time-ambiguous', verb: 'call', words: 'on monday' }],
    ['call alice yesterday at 9', { problem: 'time-past', verb: 'call', words: 'yesterday at 9' }],
    ['remind me to call mum', { problem: 'time-missing', verb: 'remind' }],
    ['remind me at 9', { problem: 'text-missing', verb: 'remind' }],
    ['move 3', { problem: 'time-missing', verb: 'move' }],
    ['move to 9', { problem: 'number-missing', verb: 'move' }],
    ['msg alice', { problem: 'text-missing', verb: 'message' }],
    ['zone europe/berln', { problem: 'zone-unknown', verb: 'profile', words: 'europe/berln', suggestion: 'Europe/Berlin' }],
    ['language klingon', { problem: 'language-unknown', verb: 'profile', words: 'klingon' }],
    ['region atlantis', { problem: 'region-unknown', verb: 'profile', words: 'atlantis' }],
    ['dnd perhaps', { problem: 'value-invalid', verb: 'profile', words: 'perhaps' }],
  ];
  for (const [text, expected] of cases) test(text, () => assert.deepEqual(failure(text), expected));

  test('a sentence with a verb in it is no command', () => {
    for (const text of ["don't call alice", 'I will call alice', 'did you call @alice?', 'never stop', 'she said cancel 3']) {
      assert.equal(failure(text).problem, 'unknown-command', text);
    }
  });
});

describe('words that are commands only alone', () => {
  test('"stop" ends the link, "stop the call" the call, "stop at 9" nothing', () => {
    assert.deepEqual(command('STOP!'), { verb: 'unlink' });
    assert.deepEqual(command('please stop messaging me'), { verb: 'unlink' });
    assert.deepEqual(command('stop the call'), { verb: 'cancel' });
    assert.equal(failure('stop at 9').problem, 'unknown-command');
  });

  test('a code needs its prefix or a digit, and to be alone', () => {
    for (const code of ['SW-7F3K-9QXM', 'sw-abcd-efgh', '7F3K9QXM']) assert.deepEqual(command(code), { verb: 'link', code });
    assert.equal(failure('goodbyes').problem, 'unknown-command');
    assert.deepEqual(command('call 1001'), { verb: 'call', target: { kind: 'digits', digits: '1001' } });
  });
});
