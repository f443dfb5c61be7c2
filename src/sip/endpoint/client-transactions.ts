import { BranchIds, GENERATIONS, MAX_GENERATION } from './branch-id.ts';
import { ClientTransaction, type ClientTransactionPort, type ClientTransactionUser } from './client-transaction.ts';

/**
 * The client transactions of a node. Each has a slot, and its branch names the slot and how often
 * it was used before, so that a response finds its transaction by two array reads and a late one
 * cannot meet a successor (RFC 3261 §17.1.3).
 */
export class ClientTransactions {
  readonly #branchIds: BranchIds;
  readonly #slots: (ClientTransaction | undefined)[] = [];
  readonly #generations: number[] = [];
  readonly #free: number[] = [];
  #size = 0;

  constructor(branchIds: BranchIds) {
    this.#branchIds = branchIds;
  }

  get size(): number {
    return this.#size;
  }

  open(port: ClientTransactionPort, method: string, user: ClientTransactionUser): ClientTransaction {
    let slot = this.#free.pop();
    if (slot === undefined) {
      slot = this.#slots.length;
      this.#slots.push(undefined);
      this.#generations.push(0);
    }
    const transaction = new ClientTransaction(port, this.#branchIds, { slot, generation: this.#generations[slot]! }, method, user);
    this.#slots[slot] = transaction;
    this.#size += 1;
    return transaction;
  }

  /** The transaction with that branch, whatever its method. */
  find(branch: string): ClientTransaction | undefined {
    const place = this.#branchIds.parse(branch);
    if (place < 0) return undefined;
    const slot = Math.floor(place / GENERATIONS);
    // No `%`: of what is no small integer the remainder is a call into the C library.
    return this.#generations[slot] === place - slot * GENERATIONS ? this.#slots[slot] : undefined;
  }

  close(transaction: ClientTransaction): void {
    const { slot, generation } = transaction;
    if (this.#slots[slot] !== transaction) return;
    this.#slots[slot] = undefined;
    this.#size -= 1;
    // A slot that has used up its generations is left empty: no branch is ever given out twice.
    if (generation === MAX_GENERATION) return;
    this.#generations[slot] = generation + 1;
    this.#free.push(slot);
  }

  *[Symbol.iterator](): Iterator<ClientTransaction> {
    for (const transaction of this.#slots) if (transaction !== undefined) yield transaction;
  }
}
