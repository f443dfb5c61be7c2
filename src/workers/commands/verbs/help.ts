import { linesThatFit } from '../../answers/lines-that-fit.ts';
import { done, type CommandOf, type Verb } from '../decision.ts';

export const help: Verb<CommandOf<'help'>, undefined> = {
  async look() {
    return undefined;
  },

  decide(_command, _facts, { grammar, user, texts, replyTo }) {
    const text = grammar.helpText(user.locale);
    if (replyTo === undefined) return done('help', text);
    const lines = text.split('\n');
    const count = linesThatFit([], lines, () => texts.helpMore);
    return done('help', count === lines.length ? text : [...lines.slice(0, count), texts.helpMore].join('\n'));
  },
};
