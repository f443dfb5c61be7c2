// @ts-check
/** What people asked for on X, the calls and SIP messages that came of it, and who in the fleet reads X. */

/** @param {import('knex').Knex} knex */
export async function up(knex) {
  // One holder at a time: `until` is compared with the database's clock.
  await knex.schema.createTable('leases', (table) => {
    table.text('name').primary();
    table.text('holder').notNullable();
    table.timestamp('until').notNullable();
  });

  // How far a list of X was read: an id of X. Advanced only after a fully drained set of pages.
  await knex.schema.createTable('x_cursors', (table) => {
    table.text('name').primary();
    table.text('position').notNullable();
    table.timestamp('updated_at').notNullable().defaultTo(knex.fn.now());
  });

  await knex.schema.createTable('commands', (table) => {
    // `post:<first id of the edit history>` or `dm:<event id>`.
    table.text('id').primary();
    table.text('source').notNullable().checkIn(['post', 'dm'], 'commands_source_check');
    // The version of the post that was read last: what a reply answers.
    table.text('latest_id').notNullable();
    table.text('author_id').notNullable();
    table.text('author_name').notNullable();
    table.text('text').notNullable();
    table.timestamp('posted_at').notNullable();
    table.timestamp('received_at').notNullable().defaultTo(knex.fn.now());
    table.text('state').notNullable().defaultTo('received').checkIn(['received', 'done', 'refused', 'ignored'], 'commands_state_check');
    // For people: what was understood, or why not.
    table.text('reason');
    table.text('sipuser');
    table.timestamp('handled_at');
    table.index(['author_id', 'state', 'posted_at'], 'commands_author_idx');
    table.index(['state', 'received_at'], 'commands_state_idx');
  });

  // A row a call that the service makes; see `db/tables/calls.ts` for the states.
  await knex.schema.createTable('calls', (table) => {
    // `call:<command id>` or `schedule:<id>:<due, milliseconds>`: the same wish is the same call.
    table.text('id').primary();
    table.text('kind').notNullable().checkIn(['call', 'announcement'], 'calls_kind_check');
    table
      .text('state')
      .notNullable()
      .defaultTo('planned')
      .checkIn(
        ['planned', 'claimed', 'ringing', 'answered', 'connected', 'ended', 'failed', 'cancelled', 'missed', 'interrupted'],
        'calls_state_check',
      );
    // For people, and the word that a catalogue has a sentence for: busy, no-answer, declined, unreachable...
    table.text('reason');
    // On whose behalf; his phones ring first.
    table.text('sipuser').notNullable();
    // SIP URI of the other side; empty for an announcement.
    table.text('target').notNullable();
    // How people call the other side: `@alice`, `+49 30 901820`; for an announcement what it is about.
    table.text('target_name').notNullable();
    table.text('target_sipuser');
    table.timestamp('planned_at').notNullable().defaultTo(knex.fn.now());
    // Not to be begun after this.
    table.timestamp('expires_at').notNullable();
    // The SIP process that claimed it.
    table.text('node');
    table.timestamp('claimed_at');
    table.timestamp('connected_at');
    table.timestamp('ended_at');
    table.boolean('cancel_requested').notNullable().defaultTo(false);
    table.text('command_id');
    // Post to which a reply may say how it ended, when a direct message is refused.
    table.text('reply_to');
    table.timestamp('updated_at').notNullable().defaultTo(knex.fn.now());
    table.index(['sipuser', 'planned_at'], 'calls_sipuser_idx');
    // The limits of a day are counted over it.
    table.index(['planned_at'], 'calls_planned_idx');
    table.index(['state', 'updated_at'], 'calls_state_idx');
  });

  // SIP MESSAGEs that the service sends: answers of people on X, reminders.
  await knex.schema.createTable('sip_messages', (table) => {
    table.text('id').primary();
    table.text('state').notNullable().defaultTo('planned').checkIn(['planned', 'claimed', 'sent', 'stored', 'failed'], 'sip_messages_state_check');
    table.text('reason');
    // SIP user names; an empty sender is the service itself.
    table.text('sender').notNullable();
    table.text('recipient').notNullable();
    table.text('body').notNullable();
    // Whether it waits for the recipient's next registration when no phone is there.
    table.boolean('store').notNullable().defaultTo(true);
    table.timestamp('planned_at').notNullable().defaultTo(knex.fn.now());
    table.timestamp('expires_at').notNullable();
    table.text('node');
    table.timestamp('updated_at').notNullable().defaultTo(knex.fn.now());
    table.index(['state', 'updated_at'], 'sip_messages_state_idx');
  });

  // Which SIP processes live; a call whose node is gone was interrupted.
  await knex.schema.createTable('sip_nodes', (table) => {
    table.text('id').primary();
    table.timestamp('started_at').notNullable().defaultTo(knex.fn.now());
    table.timestamp('seen_at').notNullable().defaultTo(knex.fn.now());
  });

  // Kamailio's table of the module msilo: messages for users who are not there.
  await knex.schema.createTable('silo', (table) => {
    table.increments('id');
    table.text('src_addr').notNullable().defaultTo('');
    table.text('dst_addr').notNullable().defaultTo('');
    table.string('username', 64).notNullable().defaultTo('');
    table.string('domain', 64).notNullable().defaultTo('');
    table.integer('inc_time').notNullable().defaultTo(0);
    table.integer('exp_time').notNullable().defaultTo(0);
    table.integer('snd_time').notNullable().defaultTo(0);
    table.string('ctype', 255).notNullable().defaultTo('text/plain');
    table.binary('body').notNullable().defaultTo('');
    table.text('extra_hdrs').notNullable().defaultTo('');
    table.string('callid', 128).notNullable().defaultTo('');
    table.integer('status').notNullable().defaultTo(0);
    table.index(['username', 'domain'], 'silo_account_idx');
  });
  await knex('version').insert({ table_name: 'silo', table_version: 8 });
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex('version').where({ table_name: 'silo' }).delete();
  for (const name of ['silo', 'sip_nodes', 'sip_messages', 'calls', 'commands', 'x_cursors', 'leases']) await knex.schema.dropTable(name);
}
