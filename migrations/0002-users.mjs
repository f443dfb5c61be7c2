// @ts-check
/** Who is who: the SIP user and the X user behind it, a row a person. */

/** @param {import('knex').Knex} knex */
export async function up(knex) {
  await knex.schema.createTable('sipweetusers', (table) => {
    table.increments('id');
    // Without the "@". X compares names without regard to case, hence the index below.
    table.string('twuser', 64).notNullable().unique({ indexName: 'sipweetusers_twuser_unique' });
    table.string('sipuser', 64).notNullable().unique({ indexName: 'sipweetusers_sipuser_unique' });
    // Unlike the name it never changes; known once X was asked for it.
    table.text('x_user_id').unique({ indexName: 'sipweetusers_x_user_id_unique' });
    table.text('time_zone').notNullable().defaultTo('UTC');
    table.text('locale').notNullable().defaultTo('en');
    table.text('region');
    table.boolean('notify').notNullable().defaultTo(true);
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now());
    table.timestamp('updated_at').notNullable().defaultTo(knex.fn.now());
  });
  await knex.schema.raw('create unique index sipweetusers_twuser_folded on sipweetusers (lower(twuser))');
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.schema.dropTable('sipweetusers');
}
