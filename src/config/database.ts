import { integer, line, optionalLine } from './option.ts';
import { urlOf } from './notations.ts';
import { section } from './section.ts';

export const DATABASE = section('PostgreSQL.', {
  url: optionalLine({
    ...urlOf(['postgres', 'postgresql']),
    secret: 'url',
    env: 'DATABASE_URL',
    doc: 'The database server, as postgres://user:password@host:port/database. Set it in production.',
    defaultText: 'an embedded PostgreSQL in database.dataFolder',
  }),
  dataFolder: line({
    default: '.sipweet/postgres',
    expected: 'a path of a folder',
    accepts: (text) => text !== '',
    doc: 'Folder of the embedded PostgreSQL, used when database.url is not set. A relative path starts at the working directory.',
  }),
  poolSize: integer({
    default: 10,
    min: 1,
    max: 500,
    doc: 'Connections to the database of each process, besides up to 10 for the queues where these stand in PostgreSQL. Keep the sum of all processes below max_connections of the server.',
  }),
  connectTimeoutMs: integer({
    default: 5000,
    min: 100,
    max: 120_000,
    doc: 'Time in milliseconds that getting a connection may take.',
  }),
  statementTimeoutMs: integer({
    default: 10_000,
    min: 100,
    max: 600_000,
    doc: 'Time in milliseconds that a statement may take; the server then breaks it off.',
  }),
});
