import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isParseFailure, parseMessage } from '../../../src/sip/message/parse-message.ts';
import { buildReply } from '../../../src/sip/message/reply.ts';

/**
 * The torture messages of RFC 4475 and RFC 5118, at the level of the parser: what must be refused
 * for its syntax is refused here, what must be accepted comes through, and what is decided by
 * whoever routes it comes through too.
 */
const CORPORA = ['rfc4475', 'rfc5118'].map((name) => ({ name, folder: join('../shared/sip', name) }));

/** Well-formed to the parser, though their end is a refusal: who decides, and with what. */
const DECIDED_ABOVE: Readonly<Record<string, string>> = {
  'unksm2.dat': 'the registrar: 400 for a To that is no SIP URI (§10.3)',
  'unkscm.dat': 'routing: 416 for the scheme of the Request-URI (§16.3)',
  'novelsc.dat': 'routing: 416 for the scheme of the Request-URI (§16.3)',
  'bext01.dat': 'routing: 420 for Proxy-Require (§16.3)',
  'zeromf.dat': 'routing: 483 (§16.3)',
  'escruri.dat': 'routing: the headers of the Request-URI must not be forwarded (§19.1.1)',
  'regbadct.dat': 'the registrar: 400 for a Contact without its brackets (§20.10)',
};

interface Case {
  readonly file: string;
  readonly section: string;
  readonly title: string;
  readonly accept: readonly string[];
}

function readIndex(folder: string): Case[] {
  const [head, ...rows] = readFileSync(join(folder, 'INDEX.tsv'), 'utf8').trimEnd().split('\n').map((line) => line.split('\t'));
  const column = (name: string): number => head!.indexOf(name);
  return rows.map((row) => ({ file: row[column('file')]!, section: row[column('section')]!, title: row[column('title')]!, accept: row[column('accept')]!.split(',') }));
}

/** What the parser makes of a message, in the words of the index. */
function verdict(raw: string): string {
  const parsed = parseMessage(raw);
  if (!isParseFailure(parsed)) return parsed.isRequest ? 'request' : 'response';
  return parsed.status === 0 ? 'drop' : String(parsed.status);
}

function fits(seen: string, { file, accept }: Case): boolean {
  if (seen === 'request') return file in DECIDED_ABOVE || accept.some((wanted) => !['400', '505', 'drop'].includes(wanted));
  // A response that we sent no request for is dropped by whoever looks for its transaction.
  if (seen === 'response') return accept.includes('drop');
  return accept.includes(seen);
}

for (const { name, folder } of CORPORA) {
  if (!existsSync(folder)) {
    test(`${name}: the torture messages are not here, their test is left out`, () => {
      assert.notEqual(process.env.CI, 'true', 'CI has to have the torture messages');
    });
    continue;
  }
  const read = (file: string): string => readFileSync(join(folder, file), 'latin1');
  const cases = readIndex(folder);

  describe(`${name}: each message`, () => {
    for (const each of cases) {
      const { file, section, title, accept } = each;
      const note = DECIDED_ABOVE[file] === undefined ? accept.join(' or ') : `parsed; then ${DECIDED_ABOVE[file]}`;
      test(`§${section} ${title} (${file}): ${note}`, () => {
        const raw = read(file);
        const seen = verdict(raw);
        assert.ok(fits(seen, each), `${file} is ${seen}`);
        const parsed = parseMessage(raw);
        if (!isParseFailure(parsed)) assert.equal(parsed.raw, raw);
        else if (parsed.status > 0) {
          const reply = buildReply(parsed.message!, { address: '192.0.2.77', port: 5060 }, { status: parsed.status, reason: 'Refused', toTag: 'ours' });
          assert.match(reply, /^(?:Via|v)\s*: *SIP/im);
        }
      });
    }
  });

  if (name !== 'rfc4475') continue;
  const request = (file: string) => {
    const parsed = parseMessage(read(file));
    assert.ok(!isParseFailure(parsed));
    return parsed;
  };

  describe('rfc4475: what is read from them', () => {
    test('§3.1.1.1 wsinv: folds, blanks, leading zeros, three Vias of two fields', () => {
      const invite = request('wsinv.dat');
      assert.deepEqual([invite.to?.tag, invite.from?.tag, invite.from?.displayName], ['1918181833n', '98asjd8', 'J Rosenberg \\"']);
      assert.deepEqual([invite.maxForwards, invite.cseq?.number, invite.body.length], [68, 9, 150]);
      assert.deepEqual(invite.vias().map((via) => `${via.transport} ${via.host} ${via.branch}`), ['UDP 192.0.2.2 390skdjuw', 'TCP spindle.example.com z9hG4bK9ikj8', 'UDP 192.168.255.111 z9hG4bK30239']);
      assert.equal(invite.routes?.[0]?.uri?.host, 'services.example.com');
      assert.deepEqual(Array.isArray(invite.contacts) && invite.contacts[0].param('newparam'), 'newvalue');
    });

    test('§3.1.1.2 intmeth: every token character, a NUL as a quoted pair, UTF-8', () => {
      const strange = request('intmeth.dat');
      assert.equal(strange.method, "!interesting-Method0123456789_*+`.%indeed'~");
      assert.equal(strange.to?.displayName, 'BEL:\x07 NUL:\0 DEL:\x7f');
      assert.equal(strange.from?.tag, "_token~1'+`*%!-.");
      assert.equal(Buffer.from(strange.from!.param("fromparam''~+*_!.-%")!, 'latin1').toString('utf8'), '"работающий"');
      assert.equal(strange.callId, 'intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{');
    });

    test('§3.1.1.5 esc02: % in a method and in a name is no escape', () => {
      const strange = request('esc02.dat');
      assert.equal(strange.method, 'RE%47IST%45R');
      const { contacts } = strange;
      assert.ok(Array.isArray(contacts));
      assert.deepEqual(contacts.map((contact) => contact.uri?.user), ['alias1', 'alias3']);
    });

    test('§3.1.1.8 dblreq: the INVITE behind the REGISTER is not part of it', () => {
      const register = request('dblreq.dat');
      assert.equal(register.body, '');
      assert.match(register.raw.slice(register.bodyEnd), /^\r\nINVITE /);
    });

    test('§3.1.1.9 semiuri: the whole user part', () => assert.equal(request('semiuri.dat').requestUri?.user, 'user;par=u%40example.net'));

    test('§3.1.1.10 transports: all five Vias', () => {
      assert.deepEqual(request('transports.dat').vias().map((via) => via.transport), ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP']);
    });

    test('§3.1.1.11 mpart01: NULs and line feeds of the body are untouched', () => {
      const raw = read('mpart01.dat');
      assert.equal(request('mpart01.dat').body, raw.slice(raw.indexOf('\r\n\r\n') + 4));
    });
  });
}
