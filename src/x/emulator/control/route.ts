import { usernameOf, type JsonRecord } from '../../json.ts';
import type { SandboxUser } from '../accounts.ts';
import type { Method } from '../route.ts';
import type { Sandbox } from '../sandbox.ts';
import type { SandboxState } from '../state.ts';

/** A status with JSON: an `{ error }` when the status is 400 or above. */
export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** One endpoint of the control API; `ControlClient` has a method for each. */
export interface ControlRoute {
  readonly method: Method;
  readonly path: string;
  answer(sandbox: Sandbox, body: JsonRecord, params: Readonly<Record<string, string>>): ControlAnswer | Promise<ControlAnswer>;
}

export const ok = (body: unknown): ControlAnswer => ({ status: 200, body });
export const refuse = (status: number, error: string): ControlAnswer => ({ status, body: { error } });

export const HANDLE_RULE = 'A handle has 1 to 15 letters, digits and underscores';

/** The account of a handle in the request, or the answer that says why not. */
export function account(value: unknown, state: SandboxState): SandboxUser | ControlAnswer {
  const username = usernameOf(value);
  if (username === undefined) return refuse(400, HANDLE_RULE);
  return state.userByName(username) ?? refuse(404, `The sandbox has no account @${username}`);
}
