import { EXIT_FAILURE, EXIT_USAGE, exitCodeOf } from '../src/app/failure.ts';
import { AppError, ERROR_CODES, type ErrorCode } from '../src/base/errors.ts';
import { GENERATED, codeLink, page, table } from './markdown.ts';
import { sourceFiles } from './source-files.ts';

/** What stands for the code: a word, or a choice between two. */
const RAISED = /\bnew AppError\(([^,]*),/g;

/** The codes that a text raises, as far as it writes them out. */
export function codesRaisedIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(RAISED)].flatMap(([, code]) => [...code!.matchAll(/'([^']+)'/g)].map(([, word]) => word!)));
}

/** The page `docs/errors.md`. */
export function errorsPage(): string {
  const files = sourceFiles('src').map(({ path, text }) => ({ path, codes: codesRaisedIn(text) }));
  const raisers = (code: string) => files.filter(({ codes }) => codes.has(code)).map(({ path }) => codeLink(path));
  const rows = (Object.keys(ERROR_CODES) as ErrorCode[]).map((code) => [
    `\`${code}\``,
    ERROR_CODES[code],
    String(exitCodeOf(new AppError(code, ''))),
    raisers(code).join(' ') || 'nothing yet',
  ]);
  return page([
    '# Errors',
    GENERATED,
    [
      'Every failure that somebody foresaw has a code that stays the same; its text is for people and may change. On the',
      `command line it is one line on standard error and an exit code: ${EXIT_FAILURE} when the work could not be done, ${EXIT_USAGE} when it was`,
      `asked for in a wrong way. A failure that nobody foresaw says "unexpected", ends with ${EXIT_FAILURE}, and has its stack in the log.`,
    ].join('\n'),
    'What a SIP message does wrong is no error in this sense: it is answered, counted, and goes on.',
    table(['code', 'meaning', 'exit', 'raised in'], rows),
  ]);
}
