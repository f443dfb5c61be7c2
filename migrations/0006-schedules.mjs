// @ts-check
/** Calls and reminders at a time. PostgreSQL has the truth; jobs are only the alarm clocks. */

/** @param {import('knex').Knex} knex */
export async function up(knex) {
  await knex.schema.createTable('schedules', (table) => {
    table.bigIncrements('id');
    table.text('sipuser').notNullable();
    // What the user calls it: `cancel 3`.
    table.integer('number').notNullable();
    table.text('kind').notNullable().checkIn(['call', 'reminder'], 'schedules_kind_check');
    table.text('state').notNullable().defaultTo('active').checkIn(['active', 'done', 'cancelled'], 'schedules_state_check');
    // Of a call: SIP URI, name for people, SIP user if it is one of ours.
    table.text('target');
    table.text('target_name');
    table.text('target_sipuser');
    // Of a reminder: what about, and whether the phone rings with an announcement.
    table.text('about');
    table.boolean('ring').notNullable().defaultTo(false);
    // Wall-clock time of the next occurrence, `2026-11-28T09:00`, and the zone it is meant in. The instant
    // follows from both, and is computed again when the rules of the zone change. Null wall: an elapsed time.
    table.text('wall');
    table.text('zone').notNullable();
    table.text('rrule');
    table.timestamp('next_at');
    table.timestamp('last_fired_at');
    table.text('command_id');
    table.text('reply_to');
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    table.timestamp('updated_at').notNullable().defaultTo(knex.fn.now());
    table.unique(['sipuser', 'number'], { indexName: 'schedules_number_idx' });
    table.index(['state', 'next_at'], 'schedules_due_idx');
  });

  // A row an occurrence: what has been dealt with never is again.
  await knex.schema.createTable('schedule_runs', (table) => {
    table.bigInteger('schedule_id').notNullable().references('id').inTable('schedules').onDelete('CASCADE');
    table.timestamp('due_at').notNullable();
    table.text('state').notNullable().checkIn(['fired', 'missed'], 'schedule_runs_state_check');
    table.timestamp('at').notNullable().defaultTo(knex.fn.now());
    table.primary(['schedule_id', 'due_at']);
  });
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.schema.dropTable('schedule_runs');
  await knex.schema.dropTable('schedules');
}
