import { Phone, headerValue, headerValues, methodOf, statusOf } from './phone.ts';

/**
 * Three phones at one server, and what each of them receives, in words that do not depend on ports,
 * tags or which server it is: `caller: 486 INVITE`, `bob: INVITE sip:bob@BOB forwards=69 vias=2 …`.
 */
export class Stage {
  readonly caller: Phone;
  readonly bob: Phone;
  readonly other: Phone;
  readonly port: number;
  readonly #phones: readonly Phone[];
  #lines: string[] = [];

  private constructor(port: number, caller: Phone, bob: Phone, other: Phone) {
    this.port = port;
    this.caller = caller;
    this.bob = bob;
    this.other = other;
    this.#phones = [caller, bob, other];
    for (const phone of this.#phones) {
      phone.peer.socket.on('message', (bytes) => {
        const line = this.#inWords(phone, bytes.toString('latin1'));
        // A retransmission says nothing new.
        if (line !== undefined && !this.#lines.includes(line)) this.#lines.push(line);
      });
    }
  }

  static async open(port: number): Promise<Stage> {
    const domain = `127.0.0.1:${port}`;
    const [caller, bob, other] = await Promise.all(['caller', 'bob', 'other'].map((user) => Phone.open(port, { user, domain })));
    return new Stage(port, caller!, bob!, other!);
  }

  get proxy(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** What was received since the last call, by phone, after everything under way has arrived. */
  async transcript(): Promise<string[]> {
    for (const phone of this.#phones) await phone.fence();
    const lines = this.#lines;
    this.#lines = [];
    // The order between two phones is that of their sockets in our event loop: it means nothing.
    return this.#phones.flatMap(({ user }) => lines.filter((line) => line.startsWith(`${user}: `)));
  }

  /** Forgets what was received while the scene was set. */
  async begin(): Promise<void> {
    await this.transcript();
    for (const phone of this.#phones) phone.peer.received.length = 0;
  }

  close(): void {
    for (const phone of this.#phones) phone.close();
  }

  #inWords(phone: Phone, text: string): string | undefined {
    if (headerValue(text, 'Call-ID').startsWith('fence-')) return undefined;
    const status = statusOf(text);
    // Whether and when somebody says 100 is a matter of timing.
    if (status === 100) return undefined;
    const count = (name: string): number => headerValues(text, name).flatMap((value) => value.split(',')).length;
    const { user } = phone;
    if (status > 0) {
      const contacts = headerValues(text, 'Contact').join(', ').match(/<[^>]*>/g) ?? [];
      const registered = headerValue(text, 'CSeq').endsWith('REGISTER') ? ` contacts=${contacts.length}` : '';
      return `${user}: ${status} ${headerValue(text, 'CSeq').split(' ')[1]} vias=${count('Via')}${registered}`;
    }
    const uri = text.split(' ', 2)[1] ?? '';
    const routes = headerValues(text, 'Route').map((route) => this.#anonymous(route));
    return `${user}: ${methodOf(text)} ${this.#anonymous(uri)} forwards=${headerValue(text, 'Max-Forwards')} vias=${count('Via')} recorded=${count('Record-Route')} routes=[${routes.join(', ')}]`;
  }

  #anonymous(text: string): string {
    let shown = text.replaceAll(this.proxy, 'PROXY');
    for (const { user, peer } of this.#phones) shown = shown.replaceAll(`127.0.0.1:${peer.port}`, user.toUpperCase());
    return shown;
  }
}
