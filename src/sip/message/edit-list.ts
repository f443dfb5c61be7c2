/** One change: the octets in [start, end) give way to `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Changes to a message that take effect when it is written (Kamailio's "lumps"). Offsets are those
 * of the received text, so the order in which changes are made does not matter, except that
 * insertions at one place stand in the order in which they were made.
 */
export class EditList {
  readonly #edits: Edit[];

  constructor(edits: readonly Edit[] = []) {
    this.#edits = [...edits];
  }

  get size(): number {
    return this.#edits.length;
  }

  /** The changes in the order of their places. */
  get all(): readonly Edit[] {
    return this.#edits;
  }

  insert(at: number, text: string): void {
    this.#add({ start: at, end: at, text });
  }

  /** Replaces [start, end). A second change of the same octets replaces the first one. */
  replace(start: number, end: number, text: string): void {
    const same = this.#edits.findIndex((edit) => edit.start === start && edit.end === end && end > start);
    if (same >= 0) this.#edits.splice(same, 1);
    this.#add({ start, end, text });
  }

  remove(start: number, end: number): void {
    this.replace(start, end, '');
  }

  /** True when an edit takes away the octet at `at`. */
  removes(at: number): boolean {
    return this.#edits.some((edit) => edit.start <= at && at < edit.end);
  }

  /** True when an edit begins at `at`. */
  touches(at: number): boolean {
    return this.#edits.some((edit) => edit.start === at);
  }

  /** True when text that starts with `prefix` is inserted at `at`. */
  inserts(at: number, prefix: string): boolean {
    return this.#edits.some((edit) => edit.start === at && edit.text.startsWith(prefix));
  }

  clear(): void {
    this.#edits.length = 0;
  }

  /** A list that starts with these changes and then goes its own way: a branch's (§16.6 step 1). */
  copy(): EditList {
    return new EditList(this.#edits);
  }

  /** The octets [start, end) of `raw` with all changes made that begin there. A change of octets that are gone already is left out. */
  apply(raw: string, start: number, end: number): string {
    let out = '';
    let at = start;
    for (const edit of this.#edits) {
      if (edit.start < at) continue;
      if (edit.end > end) break;
      out += raw.slice(at, edit.start) + edit.text;
      at = edit.end;
    }
    return out + raw.slice(at, end);
  }

  /** Keeps the list sorted by start; lists are short and mostly built front to back. */
  #add(edit: Edit): void {
    const edits = this.#edits;
    let at = edits.length;
    while (at > 0 && edits[at - 1]!.start > edit.start) at -= 1;
    edits.splice(at, 0, edit);
  }
}
