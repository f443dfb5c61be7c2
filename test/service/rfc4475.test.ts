import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Peer, startService } from './sip-service.ts';

/**
 * The torture messages of RFC 4475, each sent over UDP to a whole node with a script that does not
 * ask for passwords. The expectation is the `accept` column of the corpus' index.
 */
const CORPUS = '../shared/sip/rfc4475';
/** The node must come out right for all but these. */
const KNOWN_FAILURES: ReadonlySet<string> = new Set([]);

const DOMAINS = ['example.com', 'example.net', 'example.org', 'company.com', 'biloxi.com', 'atlanta.example.com', 'chicago.example.com', 'vivekg.chi.ril.com', 'services.example.com', 'sip.example.com', 'registrar.example.com', 'one.example.com'];

if (!existsSync(CORPUS)) {
  test('RFC 4475: the torture messages are not here, their test is left out', () => {
    assert.notEqual(process.env.CI, 'true', 'CI has to have the torture messages');
  });
} else {
  const { node, port } = await startService([`script.path=${join('bench', 'side-by-side', 'route.lua')}`, `sip.domains=${DOMAINS.join(',')}`]);
  const sender = await Peer.open(port);
  const phone = await Peer.open(port);
  after(async () => {
    sender.close();
    phone.close();
    await node.close();
  });

  const cases = readFileSync(join(CORPUS, 'INDEX.tsv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .map(([file, section, title, , start, , , , accept]) => ({ file: file!, section: section!, title: title!, start: start!, accept: accept!.split(',') }));

  for (const { file, section, title, start, accept } of cases) {
    test(`§${section} ${title} (${file}): ${accept.join(' or ')}`, async () => {
      const bytes = readFileSync(join(CORPUS, file));
      if (start !== 'response') await registerCallee(bytes.toString('latin1'));
      const isAbout = belongsTo(callIdOf(bytes.toString('latin1')));
      sender.send(bytes);
      await fence();
      // A name has to be looked up first: what becomes of the request is known when that has ended.
      const soFar = sender.received.filter(isAbout);
      if (soFar.length === 1 && soFar[0]!.startsWith('SIP/2.0 100') && !phone.received.some(isAbout)) {
        sender.received.push(await sender.take((text) => isAbout(text) && !text.startsWith('SIP/2.0 100'), 20_000));
      }
      const seen = verdicts(sender.received.filter(isAbout), phone.received.filter(isAbout));
      const fits = accept.some((wanted) => (wanted.startsWith('!') ? !seen.includes(wanted.slice(1)) && !seen.includes('drop') : seen.includes(wanted)));
      assert.equal(fits, !KNOWN_FAILURES.has(file), `${file} gave ${seen.join(' and ')}`);
    });
  }

  /** What became of the message: final statuses, `fwd` (and `fwd-clean`), `drop`. */
  const verdicts = (answers: readonly string[], passedOn: readonly string[]): string[] => {
    const statuses = answers.map((text) => /^SIP\/2\.0 (\d{3})/.exec(text)?.[1] ?? 'request').filter((status) => status !== '100');
    const forwarded = passedOn.filter((text) => !text.startsWith('SIP/2.0') && !text.startsWith('ACK '));
    const clean = forwarded.every((text) => /^\S+ [^<>\s?]+ SIP\/2\.0\r\n/.test(text));
    const seen = [...statuses, ...(forwarded.length > 0 ? (clean ? ['fwd', 'fwd-clean'] : ['fwd']) : [])];
    return seen.length === 0 ? ['drop'] : seen;
  };

  /** Call-ID in its long or compact form, perhaps on a folded line; undefined when there is none. */
  const callIdOf = (text: string): string | undefined => /^(?:call-id|i)[ \t]*:\s*(\S+)/im.exec(text)?.[1];

  /** What came late of another message, after a name was looked up for it, is not to be taken for this one's. */
  const belongsTo = (callId: string | undefined) => (text: string): boolean => callIdOf(text) === callId;

  /** Everything before has been dealt with when this is answered: one socket, one event loop. */
  let fences = 0;
  const fence = async (): Promise<void> => {
    for (let i = 0; i < 2; i += 1) {
      fences += 1;
      const callId = `fence-${fences}`;
      sender.send(`OPTIONS sip:127.0.0.1:${port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${sender.port};branch=z9hG4bK${callId}\r\nMax-Forwards: 5\r\nFrom: <sip:f@example.com>;tag=1\r\nTo: <sip:f@example.com>\r\nCall-ID: ${callId}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`);
      await sender.take((text) => text.includes(callId));
    }
  };

  /** Lets the user of the Request-URI have a phone, so that a request for it can be forwarded. */
  const registerCallee = async (text: string): Promise<void> => {
    const match = /^\S+\s+<?sips?:([^@\s>]+)@/.exec(text);
    const user = match?.[1]?.split(':')[0] ?? 'user';
    fences += 1;
    const callId = `register-${fences}`;
    sender.send(`REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${sender.port};branch=z9hG4bK${callId}\r\nMax-Forwards: 5\r\nFrom: <sip:r@example.com>;tag=1\r\nTo: <sip:${user}@example.com>\r\nCall-ID: ${callId}\r\nCSeq: 1 REGISTER\r\nContact: <sip:phone@127.0.0.1:${phone.port}>\r\nExpires: 60\r\nContent-Length: 0\r\n\r\n`);
    await sender.take((answer) => answer.includes(callId));
  };
}
