import { done, type CommandOf, type Verb } from '../decision.ts';

/** What is stored of the user. */
export const showProfile: Verb<CommandOf<'show-profile'>, undefined> = {
  async look() {
    return undefined;
  },

  decide(_command, _facts, { user, texts, zone }) {
    const { quietFrom: from, quietTo: to } = user;
    const quiet = from === undefined || to === undefined ? undefined : { from, to };
    return done('show the profile', texts.profile({ ...user, timeZone: zone, quiet }));
  },
};
