/** A process that behaves as the settings tell it, in place of a role; it talks as `role-process.ts` does. */
import type { Config } from '../../src/config/schema.ts';
import type { MessageFromChild, MessageToChild } from '../../src/app/process-messages.ts';

export type Behaviour = 'serve' | 'refuse' | 'die' | 'serve-and-die' | 'ignore-stop';

/** Settings for this process, in place of a configuration. */
export function behaviour(name: Behaviour): Config {
  return { behaviour: name } as unknown as Config;
}

function tell(message: MessageFromChild, whenSent = () => {}): void {
  process.send!(message, whenSent);
}

if (process.send !== undefined && process.argv[1]?.endsWith('fixture-role.ts')) {
  process.on('message', (message: MessageToChild) => {
    if (message.kind === 'stop' && mode !== 'ignore-stop') process.exit(0);
    if (message.kind === 'settings') follow((message.config as unknown as { behaviour: Behaviour }).behaviour);
  });
}

let mode: Behaviour | undefined;

function follow(name: Behaviour): void {
  mode = name;
  if (name === 'refuse') {
    tell({ kind: 'failed', code: 'listen.in-use', message: 'the port is taken' }, () => process.exit(1));
  } else if (name === 'die') {
    process.exit(3);
  } else {
    tell({ kind: 'ready', report: { sockets: [{ protocol: 'udp', address: '127.0.0.1', port: process.pid }] } });
    if (name === 'serve-and-die') setImmediate(() => process.exit(4));
  }
}
