import type { Command } from '../../../commands/command.ts';
import type { Decision, Desk, Situation, Verb } from '../decision.ts';
import { call } from './call.ts';
import { callBack } from './call-back.ts';
import { cancel } from './cancel.ts';
import { help } from './help.ts';
import { list } from './list.ts';
import { message } from './message.ts';
import { move } from './move.ts';
import { profile } from './profile.ts';
import { remind } from './remind.ts';
import { reminderDone } from './reminder-done.ts';
import { showProfile } from './show-profile.ts';
import { snooze } from './snooze.ts';

/** Commands that only a linked user can give. Linking and parting are for everybody: `membership.ts`. */
export type UserCommand = Exclude<Command, { verb: 'link' | 'unlink' }>;

/** Looks up what the command needs and decides. */
export function decide(command: UserCommand, desk: Desk, situation: Situation): Promise<Decision> {
  const by = async <C extends UserCommand, Facts>(verb: Verb<C, Facts>, given: C): Promise<Decision> =>
    verb.decide(given, await verb.look(given, desk, situation), situation);
  switch (command.verb) {
    case 'call':
      return by(call, command);
    case 'call-back':
      return by(callBack, command);
    case 'cancel':
      return by(cancel, command);
    case 'remind':
      return by(remind, command);
    case 'snooze':
      return by(snooze, command);
    case 'done':
      return by(reminderDone, command);
    case 'list':
      return by(list, command);
    case 'move':
      return by(move, command);
    case 'profile':
      return by(profile, command);
    case 'show-profile':
      return by(showProfile, command);
    case 'message':
      return by(message, command);
    case 'help':
      return by(help, command);
  }
}
