import { ksrRows } from '../src/script/ksr/rows.ts';
import type { Row } from '../src/script/row.ts';
import { GENERATED, table } from './markdown.ts';

const INTRODUCTION = `# KSR functions

${GENERATED}

The functions that a routing script calls as \`KSR.module.name(...)\`. Names, parameters and results are those of
Kamailio's KEMI, but for the module \`sipweet\`, which is ours. Variables such as \`$ru\` are on
[their own page](pseudo-variables.md), the differences from Kamailio [on another](kamailio.md). The script that comes
with the package, [lua/sipweet.lua](../lua/sipweet.lua), is written to be read first.

## How a function is called

- **Arguments.** \`int\` takes a number or a text that is one, cut to 32 bits; anything else is 0. \`str\` takes a text or a
  number; anything else is "". Too few arguments, or more than six, or any for a function that has none: the function is
  not called, the log says where, and the script gets \`false\`. Other arguments beyond the declared ones are ignored.
- **Results.** \`int\` is a number. In Lua every number is true, 0 and -1 too: write \`if KSR.tm.t_relay() > 0\`, never
  \`if KSR.tm.t_relay()\`. \`bool\` is true or false. \`xval\` is what the sentence says: text, number or nil. \`none\` gives 0, or
  false when it has no parameters; nobody should look at it.
- **Without a message**, while the script file itself is executed, no function is called: the log says so and the script
  gets \`false\`.
- **Texts are bytes**, one character each, as they stand in messages.

## Life of a route

| callback | when | what it may do in the end |
|---|---|---|
| \`ksr_request_route()\` | each new request. Retransmissions and the ACK of a failure never reach it | reply, relay, or nothing at all: then the sender gets no answer |
| \`ksr_reply_route()\` | each response to something that was sent from here, before anything else looks at it | \`KSR.x.drop()\` stops it: the transaction does not see it either |
| named by \`t_on_branch\` | each branch, before it is sent | change that branch; \`KSR.x.drop()\` leaves the branch out |
| named by \`t_on_reply\` | each response of a branch | change it; \`KSR.x.drop()\` stops a provisional one, a final one cannot be dropped |
| named by \`t_on_branch_failure\` | once, when a branch has failed and others may still go on | |
| named by \`t_on_failure\` | once, when all branches have failed and nothing was sent to the caller | reply, or relay to new targets; otherwise the best of the failures is passed on |
| named in \`t_continue\` | a request that \`t_suspend\` put aside goes on | as a failure callback. Nobody continuing it ends it, an INVITE with 408 |
| named in \`script.timers\` | at its interval; two runs of one timer never overlap | has no message of its own but a made-up OPTIONS. It gets a text as its argument, as in Kamailio |
| named in \`script.uacEventCallback\` | a request of \`uac_req_send\` with \`$uac_req(evroute)\` 1 has its final status | the same; \`$uac_req(evcode)\` and its kin tell what happened, its argument is \`uac:reply\` |

A callback is a global function. Of a failure or branch-failure callback the name is taken away before it runs: name it
again for the next attempt. \`t_on_branch\` and \`t_on_reply\` stay.

**Waiting.** The functions marked *waits* may have to ask a database. To the script they look as if they blocked; in fact
the route is put aside and other messages go on. Meanwhile retransmissions of its request are absorbed, an INVITE is
answered with 100 after 200 ms, and a CANCEL is remembered until the route makes a transaction. Every callback may wait.
What belongs to the message (\`$avp\`, flags, \`$ru\`, Lua locals) is the same afterwards; Lua globals, \`$var\`, \`$shv\`
and tables may have been changed by others. A function fails with -1 (\`false\` if it is \`bool\`), and the route goes on:

- when the answer takes longer than \`script.waitMs\`, or there is an error instead of an answer;
- when \`limits.maxParkedRoutes\` routes wait already;
- when it is called inside a coroutine of the script, a metamethod, or a function given to \`table.sort\` or \`string.gsub\`:
  a route can be put aside from its own level only.

**The end of a route.** \`KSR.x.exit()\` ends the callback, whatever the depth of calls; \`KSR.x.drop()\` does so too and
drops the message as in the table. Both work by a Lua error, so a \`pcall\` around them catches them.

**A mistake in the script**, an error nobody catches, ends the callback with a line in the log: script, line, function
and Call-ID. A request that was neither answered nor relayed then gets 500. A reply is passed on, a branch is sent as it
is, the failure of a call goes to the caller.

**A script that does not end** is stopped after \`limits.maxLuaInstructions\` instructions of the Lua machine, counted over
the whole callback with its waits and coroutines. That is an error as above which no \`pcall\` can catch. All traffic of
the process waits while a route computes, so the bound is a bound on that too; time inside one function of the library
counts as nothing: patterns over long texts are yours to keep simple.

**Reloading.** SIGHUP executes the file again in the same Lua state: globals keep their values, functions that the file
no longer has stay, modules that were \`require\`d are not read again. Routes that wait go on with the functions they
began with. When the file has a mistake nothing changes and the log says where it is.
`;

/** What a module is for. A module without a line here is an error of this page. */
const MODULES: Readonly<Record<string, string>> = {
  '': 'Directly under `KSR`: method, transport and address tests, flags, the Request-URI, the log.',
  auth: 'Digest challenges, and credentials that the script itself can check.',
  auth_db: 'Credentials of the users in the table `subscriber`.',
  corex: 'Branches of the destination set.',
  dialog: 'Calls that the service makes itself; dialogs that pass through are not tracked.',
  hdr: 'Header fields. What was appended or removed shows in the message that is sent, not to later reads of the script.',
  htable: 'Tables in memory, declared in `script.htables`, one set for a node.',
  kx: 'Parts of the message without pseudo-variables: quicker, and shorter to write.',
  maxfwd: 'Max-Forwards.',
  mqueue: 'Queues, declared in `script.mqueues`: to the workers, from them, or within the script.',
  msilo: 'Messages for users who are not there, in the table `silo`.',
  permissions: 'Groups of trusted addresses, from the table `address`.',
  pike: 'Floods from one address.',
  pv: 'Pseudo-variables by their names with `$`.',
  pvx: 'Attributes and variables by their bare names.',
  registrar: 'Registrations.',
  rr: 'Route and Record-Route.',
  sanity: 'Checks of a request beyond those of the parser.',
  sipweet: 'Functions of our own. A script that is to run on Kamailio too asks `if KSR.sipweet then` first.',
  siputils: 'Tests of messages, URIs and texts.',
  sl: 'Replies.',
  sqlops: 'SQL on the connections of `script.sqlConnections`. Each call runs one statement, on a connection of its own.',
  textops: 'Text in messages, body and header fields. Regular expressions are POSIX extended ones.',
  tm: 'Transactions: relaying, callbacks, timers.',
  tmx: 'More of transactions: which callback this is, suspending, cancelling branches.',
  uac: 'Requests of the service\'s own: `$uac_req(…)` describes one, `uac_req_send` sends it.',
  xlog: 'The log, with pseudo-variables in the text.',
};

/** What the engine itself adds to the table `KSR`: these end a route, which no row can. */
export const ENGINE_FUNCTIONS: readonly (readonly [name: string, does: string])[] = [
  ['exit', 'Ends the callback'],
  ['drop', 'Ends the callback and drops the message: a reply is not passed on, a branch not sent'],
  ['modf', 'Calls a function of a native configuration. There is none: -1, and a line in the log'],
  ['probe', 'Writes a line to the log, for trying things out'],
];

type AnyRow = Pick<Row<never>, 'module' | 'name' | 'params' | 'returns' | 'waits' | 'doc'>;

/** `KSR.tm.t_set_fr(int, int)`, without the module: `t_set_fr(int, int)`. */
function signature({ name, params }: AnyRow): string {
  return `\`${name}(${params.join(', ')})\``;
}

function moduleSection(module: string, rows: readonly AnyRow[]): string {
  const about = MODULES[module];
  if (about === undefined) throw new Error(`scripts/docs-ksr.ts says nothing about the module ${module}`);
  const lines = rows.map((row) => [signature(row), row.returns, `${row.waits ? '*Waits.* ' : ''}${row.doc}`]);
  return `### ${module === '' ? 'KSR' : `KSR.${module}`}\n\n${about}\n\n${table(['function', 'result', 'does'], lines)}`;
}

/** The page `docs/ksr.md`. */
export function ksrPage(): string {
  const byModule = new Map<string, AnyRow[]>();
  for (const row of ksrRows) byModule.set(row.module, [...(byModule.get(row.module) ?? []), row]);
  const engine = table(['function', 'does'], ENGINE_FUNCTIONS.map(([name, does]) => [`\`${name}()\``, does]));
  return [
    INTRODUCTION,
    `## Functions\n\n${ksrRows.length} functions in ${byModule.size} modules, and those of \`KSR.x\`.\n`,
    `### KSR.x\n\nThe engine's own.\n\n${engine}\n`,
    ...[...byModule].map(([module, rows]) => `${moduleSection(module, rows)}\n`),
  ].join('\n');
}
