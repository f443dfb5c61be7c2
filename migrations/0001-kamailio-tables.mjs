// @ts-check
/**
 * The tables that SIP tools expect, with the names, columns and types of Kamailio 5.6 on
 * PostgreSQL. Times are without zone there; what we write into them is UTC.
 */

/** Kamailio's modules compare these numbers at start and refuse a table of another shape. */
const TABLE_VERSIONS = { version: 1, subscriber: 7, location: 9, acc: 5, missed_calls: 4, address: 6, htable: 2 };

/** @param {import('knex').Knex} knex */
export async function up(knex) {
  await knex.schema.createTable('version', (table) => {
    table.increments('id');
    table.string('table_name', 32).notNullable().unique({ indexName: 'version_table_name_idx' });
    table.integer('table_version').notNullable().defaultTo(0);
  });

  await knex.schema.createTable('subscriber', (table) => {
    table.increments('id');
    text(table, 'username', 64);
    text(table, 'domain', 64);
    text(table, 'password', 64);
    text(table, 'ha1', 128);
    text(table, 'ha1b', 128);
    // Ours: HA1 for SHA-256 (RFC 8760). Kamailio passes over columns that it does not know.
    text(table, 'ha1_sha256', 128);
    table.unique(['username', 'domain'], { indexName: 'subscriber_account_idx' });
    table.index(['username'], 'subscriber_username_idx');
  });

  await knex.schema.createTable('location', (table) => {
    table.increments('id');
    text(table, 'ruid', 64).unique({ indexName: 'location_ruid_idx' });
    text(table, 'username', 64);
    table.string('domain', 64);
    text(table, 'contact', 512);
    table.string('received', 128);
    table.string('path', 512);
    time(table, 'expires').defaultTo('2030-05-28 21:32:15');
    table.float('q').notNullable().defaultTo(1.0);
    table.string('callid', 255).notNullable().defaultTo('Default-Call-ID');
    table.integer('cseq').notNullable().defaultTo(1);
    time(table, 'last_modified').defaultTo('2000-01-01 00:00:01');
    table.integer('flags').notNullable().defaultTo(0);
    table.integer('cflags').notNullable().defaultTo(0);
    text(table, 'user_agent', 255);
    table.string('socket', 64);
    table.integer('methods');
    table.string('instance', 255);
    table.integer('reg_id').notNullable().defaultTo(0);
    table.integer('server_id').notNullable().defaultTo(0);
    table.integer('connection_id').notNullable().defaultTo(0);
    table.integer('keepalive').notNullable().defaultTo(0);
    table.integer('partition').notNullable().defaultTo(0);
    table.index(['username', 'domain', 'contact'], 'location_account_contact_idx');
    table.index(['expires'], 'location_expires_idx');
    table.index(['connection_id'], 'location_tcpcon_idx');
    table.index(['server_id', 'connection_id'], 'location_connection_idx');
  });

  for (const name of ['acc', 'missed_calls']) {
    await knex.schema.createTable(name, (table) => {
      table.increments('id');
      text(table, 'method', 16);
      text(table, 'from_tag', 128);
      text(table, 'to_tag', 128);
      text(table, 'callid', 255);
      text(table, 'sip_code', 3);
      text(table, 'sip_reason', 128);
      time(table, 'time');
      table.index(['callid'], `${name}_callid_idx`);
    });
  }

  await knex.schema.createTable('address', (table) => {
    table.increments('id');
    table.integer('grp').notNullable().defaultTo(1);
    table.string('ip_addr', 50).notNullable();
    table.integer('mask').notNullable().defaultTo(32);
    table.smallint('port').notNullable().defaultTo(0);
    table.string('tag', 64);
  });

  await knex.schema.createTable('htable', (table) => {
    table.increments('id');
    text(table, 'key_name', 64);
    table.integer('key_type').notNullable().defaultTo(0);
    table.integer('value_type').notNullable().defaultTo(0);
    text(table, 'key_value', 128);
    table.integer('expires').notNullable().defaultTo(0);
  });

  const rows = Object.entries(TABLE_VERSIONS).map(([table_name, table_version]) => ({ table_name, table_version }));
  await knex('version').insert(rows);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  for (const name of Object.keys(TABLE_VERSIONS).reverse()) await knex.schema.dropTable(name);
}

/**
 * @param {import('knex').Knex.CreateTableBuilder} table
 * @param {string} name
 * @param {number} length
 */
function text(table, name, length) {
  return table.string(name, length).notNullable().defaultTo('');
}

/**
 * @param {import('knex').Knex.CreateTableBuilder} table
 * @param {string} name
 */
function time(table, name) {
  return table.timestamp(name, { useTz: false }).notNullable();
}
