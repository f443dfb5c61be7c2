import { done, type CommandOf, type Verb } from '../decision.ts';

export const help: Verb<CommandOf<'help'>, undefined> = {
  async look() {
    return undefined;
  },

  decide(_command, _facts, { grammar, user }) {
    return done('help', grammar.helpText(user.locale));
  },
};
