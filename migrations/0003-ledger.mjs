// @ts-check
/**
 * What left the house. `ledger` has a row for each outward effect, written before and after it;
 * `dm_results` is where the default routing script notes how each direct message ended.
 */

/** @param {import('knex').Knex} knex */
export async function up(knex) {
  await knex.schema.createTable('ledger', (table) => {
    table.text('id').primary();
    table.text('kind').notNullable();
    table.text('state').notNullable().checkIn(['planned', 'sending', 'done', 'refused', 'parked'], 'ledger_state_check');
    table.text('reason');
    // Counts the claims; whoever finishes a row has to name the claim that he holds.
    table.integer('attempt').notNullable().defaultTo(0);
    table.text('recipient').notNullable();
    // The text as it was sent: after a crash it is looked for among what X has.
    table.text('content').notNullable();
    table.text('remote_id');
    table.text('call_id');
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    table.timestamp('updated_at').notNullable().defaultTo(knex.fn.now());
    table.index(['state', 'updated_at'], 'ledger_state_idx');
    table.index(['call_id'], 'ledger_call_id_idx');
  });

  await knex.schema.createTable('dm_results', (table) => {
    table.text('event_id').primary();
    table.text('state').notNullable();
    table.text('reason');
    table.timestamp('recorded_at').notNullable().defaultTo(knex.fn.now());
  });
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.schema.dropTable('dm_results');
  await knex.schema.dropTable('ledger');
}
