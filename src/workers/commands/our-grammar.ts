import { explainFailure, helpText } from '../../commands/help.ts';
import { parseCommand } from '../../commands/parse-command.ts';
import { describeRule, describeWhen } from '../../commands/read-back.ts';
import { nextOccurrence } from '../../commands/recurrence.ts';
import type { Grammar } from './grammar.ts';

/** The grammar of `src/commands` behind the port. */
export const ourGrammar: Grammar = { parseCommand, describeWhen, describeRule, explainFailure, helpText, nextOccurrence };
