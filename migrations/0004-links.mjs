// @ts-check
/**
 * Who may act for whom. A mapping made by an operator lets a user be told of missed calls; only a link,
 * made with a one-time code or by signing in, lets an X account act for a SIP user.
 */

/** @param {import('knex').Knex} knex */
export async function up(knex) {
  await knex.schema.alterTable('sipweetusers', (table) => {
    // Set exactly while the X account `x_user_id` may act for the SIP user.
    table.timestamp('linked_at');
    // Wall-clock times `HH:MM` in the user's zone between which messages are held back; both or neither.
    table.text('quiet_from');
    table.text('quiet_to');
    // E.164 number or SIP URI.
    table.text('forward_to');
    table.boolean('dnd').notNullable().defaultTo(false);
    // Account on Mastodon, `name@host`, for messages that X refuses.
    table.text('mastodon');
  });

  await knex.schema.createTable('link_codes', (table) => {
    // SHA-256 in hex: who reads the table cannot use the code.
    table.text('code_hash').primary();
    table.text('sipuser').notNullable();
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    table.timestamp('expires_at').notNullable();
    table.timestamp('used_at');
    table.text('used_by_x_user_id');
    table.index(['sipuser'], 'link_codes_sipuser_idx');
  });

  // Wrong codes by account, so that nobody guesses.
  await knex.schema.createTable('link_failures', (table) => {
    table.text('x_user_id').notNullable();
    table.timestamp('failed_at').notNullable().defaultTo(knex.fn.now());
    table.index(['x_user_id', 'failed_at'], 'link_failures_idx');
  });

  // OAuth 2.0 tokens of users who signed in, encrypted by the application.
  await knex.schema.createTable('x_tokens', (table) => {
    table.text('x_user_id').primary();
    table.text('sipuser').notNullable();
    table.binary('access_token').notNullable();
    table.binary('refresh_token');
    table.text('scope').notNullable();
    table.timestamp('expires_at').notNullable();
    table.timestamp('updated_at').notNullable().defaultTo(knex.fn.now());
  });
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.schema.dropTable('x_tokens');
  await knex.schema.dropTable('link_failures');
  await knex.schema.dropTable('link_codes');
  await knex.schema.alterTable('sipweetusers', (table) => {
    table.dropColumns('linked_at', 'quiet_from', 'quiet_to', 'forward_to', 'dnd', 'mastodon');
  });
}
