import { XFailure, type XReading, type XUser } from '../../x/port.ts';
import type { XGate } from '../gate/x-gate.ts';

/**
 * Reading X as far as operators and budget allow it: looks cost money too, and what is not read is not carried
 * out. A look that is held back fails as if X had asked to wait, so that it is tried again by itself.
 */
export class GatedReading implements XReading {
  readonly #x: XReading;
  readonly #gate: XGate;

  constructor(x: XReading, gate: XGate) {
    this.#x = x;
    this.#gate = gate;
  }

  me(): Promise<XUser> {
    return this.#x.me();
  }

  async mentions(query: Parameters<XReading['mentions']>[0]): ReturnType<XReading['mentions']> {
    await this.#pass();
    return this.#x.mentions(query);
  }

  async directMessages(query: Parameters<XReading['directMessages']>[0]): ReturnType<XReading['directMessages']> {
    await this.#pass();
    return this.#x.directMessages(query);
  }

  async #pass(): Promise<void> {
    const hold = await this.#gate.held();
    if (hold !== undefined) throw new XFailure('rate-limited', hold.reason, { retryAtMs: hold.untilMs });
  }
}
