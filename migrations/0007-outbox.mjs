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
    // Where it went in the end: dm, reply, webhook, mastodon.
    table.text('channel');
    // Millionths of a US dollar.
    table.bigInteger('cost_micros').notNullable().defaultTo(0);
    table.index(['sipuser', 'created_at'], 'ledger_sipuser_idx');
  });

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
  await knex.schema.alterTable('ledger', (table) => {
    table.dropColumns('sipuser', 'reply_to', 'not_before', 'counterparty', 'channel', 'cost_micros');
  });
}
