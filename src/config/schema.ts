/** All sections of the configuration, in the order in which people read them. */
import type { Fields, Option, ValuesOf } from './option.ts';
import { environmentName, type Section } from './section.ts';
import { AUTH } from './auth.ts';
import { CALLS } from './calls.ts';
import { CHANNELS } from './channels.ts';
import { CONSOLE } from './console.ts';
import { DATABASE } from './database.ts';
import { LIMITS } from './limits.ts';
import { LOG } from './log.ts';
import { MEDIA } from './media.ts';
import { QUEUE } from './queue.ts';
import { REGISTRAR } from './registrar.ts';
import { ROUTING } from './routing.ts';
import { SCRIPT } from './script.ts';
import { SIP } from './sip.ts';
import { WORKER } from './worker.ts';
import { X } from './x.ts';

export const SECTIONS = {
  sip: SIP,
  registrar: REGISTRAR,
  auth: AUTH,
  routing: ROUTING,
  limits: LIMITS,
  script: SCRIPT,
  database: DATABASE,
  queue: QUEUE,
  worker: WORKER,
  x: X,
  calls: CALLS,
  media: MEDIA,
  channels: CHANNELS,
  console: CONSOLE,
  log: LOG,
} as const;

type Sections = typeof SECTIONS;

/** The whole configuration, checked and deep-frozen. */
export type Config = { readonly [S in keyof Sections]: ValuesOf<Sections[S]['options']> };

/** One option with its place in the whole. */
export interface Entry {
  readonly path: string;
  readonly sectionName: string;
  readonly name: string;
  readonly option: Option<unknown>;
  /** Its environment variables; a later one wins over an earlier one. */
  readonly environment: readonly string[];
}

/** The sections without their types, for code that treats all of them alike. */
export const ANY_SECTIONS: readonly (readonly [string, Section<Fields>])[] = Object.entries(
  SECTIONS as unknown as Record<string, Section<Fields>>,
);

export const ENTRIES: readonly Entry[] = ANY_SECTIONS.flatMap(([sectionName, section]) =>
  Object.entries(section.options).map(([name, option]) => {
    const generated = environmentName(sectionName, name);
    const environment = option.env === undefined || option.env === generated ? [generated] : [option.env, generated];
    return { path: `${sectionName}.${name}`, sectionName, name, option, environment };
  }),
);

const BY_PATH = new Map(ENTRIES.map((entry) => [entry.path, entry]));

/** The option at a path like `sip.t1Ms`. */
export function entryAt(path: string): Entry | undefined {
  return BY_PATH.get(path);
}
