import { line, optionalLine } from './option.ts';
import { urlOf } from './notations.ts';
import { section } from './section.ts';

export const QUEUE = section('The way of an event from the SIP node to the workers: a spool on disk, then BullMQ.', {
  redisUrl: optionalLine({
    ...urlOf(['redis', 'rediss']),
    secret: 'url',
    env: 'REDIS_URL',
    doc: 'The Redis server that BullMQ uses, as redis://user:password@host:port/number.',
    defaultText: 'the queue lives in PostgreSQL',
  }),
  spoolFolder: line({
    default: '.sipweet/spool',
    expected: 'a path of a folder',
    accepts: (text) => text !== '',
    doc: 'Folder of the spool, one for each SIP node, on a disk that survives a restart. A relative path starts at the working directory.',
  }),
});
