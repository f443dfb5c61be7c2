import type { SandboxUser } from '../accounts.ts';

/** The names of a comma list in the query (`user.fields=a,b`). */
export function namesIn(query: URLSearchParams, ...parameters: string[]): Set<string> {
  return new Set(parameters.flatMap((parameter) => (query.get(parameter) ?? '').split(',')).filter((name) => name !== ''));
}

/** The entries of `all` that are always there or were asked for. */
export function pick(all: Readonly<Record<string, unknown>>, always: readonly string[], asked: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(all).filter(([name, value]) => value !== undefined && (always.includes(name) || asked.has(name))),
  );
}

/** An account as X shows it to a signed-in user. */
export function showUser(user: SandboxUser, asked: ReadonlySet<string>): Record<string, unknown> {
  const all = {
    id: user.id,
    name: user.name,
    username: user.username,
    created_at: new Date(user.createdAtMs).toISOString(),
    description: '',
    protected: false,
    verified_type: 'none',
    receives_your_dm: user.acceptsDms,
  };
  return pick(all, ['id', 'name', 'username'], asked);
}
