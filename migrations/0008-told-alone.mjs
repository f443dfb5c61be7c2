// @ts-check
/** The limit of a storm holds between workers: who counts what a user was told keeps others from it until his own messages are there. */

/** @param {import('knex').Knex} knex */
export async function up(knex) {
  // Messages of the kinds that a digest may tell which were told by themselves, or are about to be.
  await knex.schema.raw(`
    create view ledger_told_alone as select id, sipuser, created_at from ledger
    where kind in ('direct-message', 'instant-message') and digest_id is null and state <> 'refused'`);
  // A statement sees what was there when it began, not what another one has entered for which it waits at the
  // lock. One inside of a volatile function begins behind the lock.
  await knex.schema.raw(`
    create function ledger_count_told_alone(sip_user text, window_secs float8) returns bigint language plpgsql volatile as $$
    begin
      perform pg_advisory_xact_lock(hashtextextended('told alone:' || sip_user, 0));
      return (select count(*) from ledger_told_alone where sipuser = sip_user and created_at > now() - make_interval(secs => window_secs));
    end $$`);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.schema.raw('drop function ledger_count_told_alone(text, float8)');
  await knex.schema.raw('drop view ledger_told_alone');
}
