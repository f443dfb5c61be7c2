/** What can be known of the image and the compose file without a container engine. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { createProgram } from '../../src/app/program.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { ENTRIES } from '../../src/config/schema.ts';

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
}

const text = readFileSync('docker-compose.yml', 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const dockerfile = readFileSync('Dockerfile', 'utf8').replaceAll('\\\n', ' ').split('\n');
const OURS = ['console', 'migrate', 'sip', 'worker'];

describe('docker-compose.yml', () => {
  test('postgres, redis, sip, worker and console, and migrations that run once', () => {
    assert.deepEqual(Object.keys(compose.services).sort(), ['console', 'migrate', 'postgres', 'redis', 'sip', 'worker']);
    for (const name of ['sip', 'worker', 'console']) {
      const { depends_on: needs } = compose.services[name]!;
      assert.equal(needs?.migrate?.condition, 'service_completed_successfully');
      assert.equal(needs?.redis?.condition, 'service_healthy');
    }
    assert.equal(compose.services.migrate?.depends_on?.postgres?.condition, 'service_healthy');
  });

  test('whatever keeps running has a health check', () => {
    for (const [name, { healthcheck }] of Object.entries(compose.services)) {
      if (name === 'migrate') assert.equal(healthcheck?.disable, true);
      else assert.ok((healthcheck?.test?.length ?? 0) > 1, name);
    }
  });

  test('commands and health checks exist on our command line', () => {
    const { program } = createProgram({ environment: {}, clock: new SystemClock() });
    for (const name of OURS) {
      const { command = [], healthcheck } = compose.services[name]!;
      const probe = healthcheck?.test?.slice(2);
      for (const words of probe === undefined ? [command] : [command, probe]) {
        let found = program;
        for (const word of words) found = found.commands.find((one) => one.name() === word) ?? assert.fail(`no ${words.join(' ')}`);
      }
    }
  });

  test('every variable that our services get is one of the configuration', () => {
    const known = new Set(ENTRIES.flatMap(({ environment }) => environment));
    for (const name of OURS) {
      for (const variable of Object.keys(compose.services[name]!.environment ?? {})) assert.ok(known.has(variable), variable);
    }
  });

  test('no secret stands in the file: each comes from the environment', () => {
    for (const { environment = {} } of Object.values(compose.services)) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|SECRET|TOKEN|KEY/.test(name)) assert.match(value, /^\$\{\w+:[-?][^}]*\}$/, name);
      }
    }
    assert.match(compose.services.sip!.environment!.DATABASE_URL!, /:\$\{POSTGRES_PASSWORD:\?[^}]+\}@/);
  });

  test('images are pinned to a version, ours are read-only, and only SIP is published to others', () => {
    for (const [name, { image = '' }] of Object.entries(compose.services)) {
      assert.match(image, /:\d/, name);
    }
    for (const name of OURS) assert.equal(compose.services[name]!.read_only, true, name);
    const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
    assert.deepEqual(ports, ['5060:5060/udp', '5060:5060/tcp', '40000-40099:40000-40099/udp', '127.0.0.1:4012:4012']);
  });

  test('database and queue are on a network without a way out; what is named is declared', () => {
    assert.deepEqual(compose.services.postgres!.networks, ['inside']);
    assert.deepEqual(compose.services.redis!.networks, ['inside']);
    assert.equal(compose.networks.inside?.internal, true);
    for (const { networks = [], volumes = [] } of Object.values(compose.services)) {
      for (const network of networks) assert.ok(network in compose.networks, network);
      for (const volume of volumes) assert.ok(volume.split(':')[0]! in compose.volumes, volume);
    }
  });
});

describe('Dockerfile', () => {
  const stages = dockerfile.filter((line) => line.startsWith('FROM '));
  const last = dockerfile.slice(dockerfile.lastIndexOf(stages.at(-1)!));

  test('builds in one stage and runs in another, on a pinned image of a supported Node', () => {
    assert.equal(stages.length, 2);
    for (const stage of stages) assert.match(stage, /^FROM node:2\d-\w+-slim/);
  });

  test('runs as a user that is not root, with a health check', () => {
    const users = last.filter((line) => line.startsWith('USER '));
    assert.deepEqual(users, ['USER node']);
    assert.ok(last.some((line) => /^HEALTHCHECK .*CMD \["sipweet", "health", "sip"\]/.test(line)));
    assert.ok(last.indexOf('USER node') < last.findIndex((line) => line.startsWith('ENTRYPOINT')));
  });

  test('everything that it copies is let through by .dockerignore', () => {
    const allowed = readFileSync('.dockerignore', 'utf8').split('\n').flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const copied = dockerfile.filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    for (const path of copied) assert.ok(allowed.includes(path.replace('./', '')), path);
  });
});
