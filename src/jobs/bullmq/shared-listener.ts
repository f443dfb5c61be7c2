import { EventEmitter } from 'node:events';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';

const NOTIFICATION = 'notification';

/**
 * One connection that listens for all of a process's workers. Each worker of BullMQ takes one of its own otherwise, and PostgreSQL
 * wakes all of those at each job of any queue, before and while the one worker whose job it is takes it.
 */
export class SharedListener {
  readonly #pool: PgPool;
  readonly #ears = new Set<Ear>();
  #client: Promise<PgPoolClient> | undefined;
  /** What was said on that connection: all workers say the same, and a connection takes one statement at a time. */
  readonly #said = new Map<string, Promise<PgQueryResult>>();

  /** @param pool gives the connection, and runs what the workers say besides */
  constructor(pool: PgPool) {
    this.#pool = pool;
  }

  /** What a worker is given for its pool. `cut` makes it deaf at once. */
  openPool(): { pool: PgPool; cut: () => void } {
    const ears = new Set<Ear>();
    const open = (): Ear => {
      const ear = new Ear(this.#pool, {
        listen: (statement) => this.#listen(ear, statement),
        release: () => {
          ears.delete(ear);
          this.#ears.delete(ear);
        },
      });
      ears.add(ear);
      return ear;
    };
    return { pool: new WorkersPool(this.#pool, open), cut: () => ears.forEach((ear) => ear.release()) };
  }

  close(): void {
    void this.#client?.then((client) => client.release(true), () => undefined);
    this.#client = undefined;
  }

  async #listen(ear: Ear, statement: string): Promise<PgQueryResult> {
    this.#ears.add(ear);
    this.#client ??= this.#open();
    const client = await this.#client;
    const said = this.#said.get(statement) ?? client.query(statement);
    this.#said.set(statement, said);
    try {
      return await said;
    } catch (thrown) {
      if (this.#said.get(statement) === said) this.#said.delete(statement);
      throw thrown;
    }
  }

  async #open(): Promise<PgPoolClient> {
    try {
      const client = await this.#pool.connect();
      client.on(NOTIFICATION, (notification) => {
        for (const ear of this.#ears) ear.emit(NOTIFICATION, notification);
      });
      client.on('error', (error) => this.#lost(client, error));
      return client;
    } catch (thrown) {
      this.#client = undefined;
      throw thrown;
    }
  }

  /** BullMQ answers the error with a new connection, as it believes, on which it listens again. */
  #lost(client: PgPoolClient, error: Error): void {
    client.removeAllListeners(NOTIFICATION);
    client.removeAllListeners('error');
    client.release(true);
    this.#client = undefined;
    this.#said.clear();
    for (const ear of [...this.#ears]) ear.emit('error', error);
  }
}

/** What an ear has others do. */
interface EarParts {
  listen(statement: string): Promise<PgQueryResult>;
  release(): void;
}

/** What BullMQ takes for a connection of its own: it hears what the shared one hears, and all else goes to the pool. */
class Ear extends EventEmitter implements PgPoolClient {
  readonly #pool: PgPool;
  readonly #parts: EarParts;

  constructor(pool: PgPool, parts: EarParts) {
    super();
    this.#pool = pool;
    this.#parts = parts;
  }

  query<Row>(text: string, values?: readonly unknown[]): Promise<PgQueryResult<Row>> {
    return isListen(text) ? this.#parts.listen(text) : this.#pool.query<Row>(text, values);
  }

  release(): void {
    this.#parts.release();
  }

  override on(event: string, listener: (value: never) => void): this {
    return super.on(event, listener as (value: unknown) => void);
  }
}

/** The pool of one worker, whose connections are ears. */
class WorkersPool implements PgPool {
  /** BullMQ looks here whether a dead listening connection would be noticed; without that it polls. */
  readonly options = { keepAlive: true };
  readonly #pool: PgPool;
  readonly #open: () => PgPoolClient;

  constructor(pool: PgPool, open: () => PgPoolClient) {
    this.#pool = pool;
    this.#open = open;
  }

  query<Row>(text: string, values?: readonly unknown[]): Promise<PgQueryResult<Row>> {
    return this.#pool.query<Row>(text, values);
  }

  connect(): Promise<PgPoolClient> {
    return Promise.resolve(this.#open());
  }

  /** Errors of connections that nobody uses are the shared pool's. */
  on(): this {
    return this;
  }

  removeAllListeners(): this {
    return this;
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}

/** `LISTEN channel`, behind comments. */
function isListen(text: string): boolean {
  return /^(?:\s|--[^\n]*\n)*listen\s/i.test(text);
}
