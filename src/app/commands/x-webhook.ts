import type { Command } from 'commander';
import { AppError } from '../../base/errors.ts';
import type { Config } from '../../config/schema.ts';
import type { XAppClient } from '../../x/app-client.ts';
import type { CommandLine } from '../command-line.ts';
import { examples } from '../help.ts';

/** What X is asked to deliver about our own account. */
const EVENTS: readonly string[] = ['post.mention.create', 'dm.received', 'chat.received'];

/** X takes no port and at most so many characters. */
const MAX_URL_CHARS = 200;

/** `sipweet x webhook`: whether X delivers to the console what is written to us, instead of waiting until we look. */
export function addXWebhookCommand(x: Command, line: CommandLine): void {
  const webhook = x
    .command('webhook')
    .summary('have X deliver what is written to us')
    .description(
      'X delivers posts and messages to the console within seconds; without, the worker looks for them now and then. Whatever a delivery misses, the worker finds.',
    )
    .addHelpText('after', examples([['sipweet x webhook register', 'at console.publicUrl; the console must run']]));
  webhook
    .command('register')
    .description('Registers console.publicUrl with console.webhookPath at X, which checks at once that the console answers there, and subscribes to what is written to our account. May be done again.')
    .addHelpText('after', examples([['sipweet x webhook register', 'in a trial the sandbox delivers to the console of this machine']]))
    .action(() => register(line));
  webhook
    .command('list')
    .description('Shows the webhooks of the app, and what each is subscribed to.')
    .addHelpText('after', examples([['sipweet x webhook list', 'whether X still trusts ours']]))
    .action(() => list(line));
  webhook
    .command('remove <id>')
    .description('Removes a webhook with its subscriptions.')
    .addHelpText('after', examples([['sipweet x webhook remove 1146654567674912769', 'an id of `sipweet x webhook list`']]))
    .action((id: string) => remove(line, id));
}

async function register(line: CommandLine): Promise<void> {
  const { config } = line.load();
  const url = await webhookUrl(config);
  const { app, account } = await connect(config, line);
  const known = (await app.webhooks()).find((one) => one.url === url);
  const webhook = known ?? (await app.addWebhook(url));
  // X stops delivering to one that did not answer for long, until it is asked to look again.
  if (known?.isValid === false) await app.checkWebhook(known.id);
  const { id: userId, username } = await account();
  await app.ensureSubscriptions(EVENTS.map((eventType) => ({ eventType, userId, webhookId: webhook.id })));
  line.print(`X delivers to ${url} what is written to @${username} (webhook ${webhook.id})`);
}

async function list(line: CommandLine): Promise<void> {
  const { app } = await connect(line.load().config, line);
  const [webhooks, subscriptions] = [await app.webhooks(), await app.subscriptions()];
  if (webhooks.length === 0) return line.remark('X has no webhook of this app');
  for (const { id, url, isValid } of webhooks) {
    const events = subscriptions.filter(({ webhookId }) => webhookId === id).map(({ eventType }) => eventType);
    line.print(`${id}  ${url}${isValid ? '' : '  X does not deliver: it did not answer'}`);
    line.print(`    ${events.length === 0 ? 'no subscription' : events.join(', ')}`);
  }
}

async function remove(line: CommandLine, id: string): Promise<void> {
  const { app } = await connect(line.load().config, line);
  for (const subscription of await app.subscriptions()) {
    if (subscription.webhookId === id) await app.unsubscribe(subscription.id);
  }
  await app.removeWebhook(id);
  line.print(`Removed the webhook ${id}`);
}

/** @throws AppError `usage` without a public address that X would take; the sandbox takes those of this machine */
async function webhookUrl(config: Config): Promise<string> {
  const { publicUrl, webhookPath, host, port: ownPort } = config.console;
  const { joinX } = await import('../x-access.ts');
  if (joinX(config).apiBase !== undefined) return `${publicUrl === undefined ? localOrigin(host, ownPort) : new URL(publicUrl).origin}${webhookPath}`;
  if (publicUrl === undefined) throw new AppError('usage', 'X needs an address to deliver to: set console.publicUrl');
  const { protocol, port, origin } = new URL(publicUrl);
  const url = `${origin}${webhookPath}`;
  if (protocol !== 'https:' || port !== '' || url.length > MAX_URL_CHARS) {
    throw new AppError('usage', `X delivers to https:// without a port and to at most ${MAX_URL_CHARS} characters, not to ${url}`);
  }
  return url;
}

function localOrigin(host: string, port: number): string {
  if (port === 0) throw new AppError('usage', 'console.port is 0, any free port: give it a number to be delivered to');
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function connect(config: Config, line: CommandLine): Promise<{ app: XAppClient; account: () => Promise<{ id: string; username: string }> }> {
  const [{ joinX }, { XAppClient }, { XClient }] = await Promise.all([
    import('../x-access.ts'),
    import('../../x/app-client.ts'),
    import('../../x/client.ts'),
  ]);
  const { keys, apiBase } = joinX(config);
  const logger = line.commandLog(line.load());
  const options = { keys, clock: line.clock, logger, timeoutMs: config.x.timeoutMs, ...(apiBase === undefined ? {} : { apiBase }) };
  return { app: new XAppClient(options), account: () => new XClient(options).me() };
}
