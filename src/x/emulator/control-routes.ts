import { ACCOUNT_ROUTES } from './control/accounts.ts';
import { BEHAVIOUR_ROUTES } from './control/behaviour.ts';
import { MESSAGE_ROUTES } from './control/messages.ts';
import { POST_ROUTES } from './control/posts.ts';
import { PUSH_ROUTES } from './control/push.ts';
import type { ControlRoute } from './control/route.ts';

/** The control API; `ControlClient` has a method for each endpoint. */
export const CONTROL_ROUTES: readonly ControlRoute[] = [...ACCOUNT_ROUTES, ...MESSAGE_ROUTES, ...POST_ROUTES, ...BEHAVIOUR_ROUTES, ...PUSH_ROUTES];
