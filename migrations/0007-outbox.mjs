// @ts-check
/** The ledger becomes the outbox of every message; what each call to X costs; switches for operators. */

/** @param {import('knex').Knex} knex */
export async function up(knex) {
  await knex.schema.alterTable('ledger', (table) => {
    table.text('sipuser');
    // Post that this answers, or whose reply says it when a direct message is refused.
    table.text('reply_to');
    // Not to be sent before: quiet hours.
    table.timestamp('not_before');
    // The other person of the event: the caller of a missed call, `user@host`.
    table.text('counterparty');
    // The way that was tried last, where it went in the end: dm, reply, mastodon, webhook.
    table.text('channel');
    // Ways that are closed to it, each with the reason: {"dm": "You do not have permission..."}.
    table.jsonb('refusals').notNullable().defaultTo('{}');
    // The digest that tells it with others: a row with one is never sent by itself.
    table.text('digest_id');
    // Millionths of a US dollar.
    table.bigInteger('cost_micros').notNullable().defaultTo(0);
    table.index(['sipuser', 'created_at'], 'ledger_sipuser_idx');
  });
  await knex.schema.raw('create index ledger_digest_idx on ledger (digest_id) where digest_id is not null');
  await knex.schema.raw(`create index ledger_unsent_idx on ledger (recipient, created_at) where state in ('planned', 'sending')`);

  // A row a call to X that costs money.
  await knex.schema.createTable('spend', (table) => {
    table.bigIncrements('id');
    table.timestamp('at').notNullable().defaultTo(knex.fn.now());
    table.text('call').notNullable();
    table.integer('units').notNullable();
    table.bigInteger('micros').notNullable();
    table.text('ledger_id');
    table.index(['at'], 'spend_at_idx');
  });

  // Set by operators, read by everybody: `x` stops everything that goes out to X.
  await knex.schema.createTable('switches', (table) => {
    table.text('name').primary();
    table.boolean('off').notNullable().defaultTo(false);
    table.text('reason');
    table.timestamp('changed_at').notNullable().defaultTo(knex.fn.now());
  });
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.schema.dropTable('switches');
  await knex.schema.dropTable('spend');
  await knex.schema.raw('drop index ledger_unsent_idx');
  await knex.schema.alterTable('ledger', (table) => {
    table.dropColumns('sipuser', 'reply_to', 'not_before', 'counterparty', 'channel', 'refusals', 'digest_id', 'cost_micros');
  });
}
