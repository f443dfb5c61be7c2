/** One change: the octets in [start, end) give way to `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Changes to a message that take effect when it is written (Kamailio's "lumps"). Offsets are those
 * of the received text, so the order in which changes are made does not matter, except that
 * insertions at one place stand in the order in which they were made. What is inserted where
 * octets are taken away stands before what replaces them. Of two changes that overlap, the one that begins
 * first is made, of two that begin together the longer one; the other has nothing left to change.
 */
export class EditList {
  readonly #edits: Edit[];

  constructor(edits: readonly Edit[] = []) {
    this.#edits = edits.slice();
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

  /** Replaces [start, end). A second change of the same octets replaces the first one; of no octets, it is an insertion. */
  replace(start: number, end: number, text: string): void {
    if (end > start) {
      const same = this.#find(start, end);
      if (same >= 0) this.#edits.splice(same, 1);
    }
    this.#add({ start, end, text });
  }

  remove(start: number, end: number): void {
    this.replace(start, end, '');
  }

  /** True when an edit takes away the octet at `at`. */
  removes(at: number): boolean {
    for (const edit of this.#edits) if (edit.start <= at && at < edit.end) return true;
    return false;
  }

  /** True when an edit begins at `at`. */
  touches(at: number): boolean {
    for (const edit of this.#edits) if (edit.start === at) return true;
    return false;
  }

  /** True when text that starts with `prefix` is inserted at `at`. */
  inserts(at: number, prefix: string): boolean {
    for (const edit of this.#edits) if (edit.start === at && edit.text.startsWith(prefix)) return true;
    return false;
  }

  clear(): void {
    this.#edits.length = 0;
  }

  /** A list that starts with these changes and then goes its own way: a branch's (§16.6 step 1). */
  copy(): EditList {
    return new EditList(this.#edits);
  }

  /** The octets [start, end) of `raw` with all changes made that lie within, insertions at both ends included. */
  apply(raw: string, start: number, end: number): string {
    let out = '';
    let at = start;
    for (const edit of this.#edits) {
      if (edit.start < at || edit.end > end) continue;
      out += raw.slice(at, edit.start) + edit.text;
      at = edit.end;
    }
    return out + raw.slice(at, end);
  }

  #find(start: number, end: number): number {
    const edits = this.#edits;
    for (let at = 0; at < edits.length; at += 1) if (edits[at]!.start === start && edits[at]!.end === end) return at;
    return -1;
  }

  /** Keeps the list in order; lists are short and mostly built front to back. `splice` would make an array each time. */
  #add(edit: Edit): void {
    const edits = this.#edits;
    let at = edits.length;
    edits.push(edit);
    while (at > 0 && isBefore(edit, edits[at - 1]!)) {
      edits[at] = edits[at - 1]!;
      at -= 1;
    }
    edits[at] = edit;
  }
}

/** By place; at one place insertions first, then the change that takes most away. */
function isBefore(a: Edit, b: Edit): boolean {
  if (a.start !== b.start) return a.start < b.start;
  if (a.end === a.start) return b.end > b.start;
  return b.end > b.start && a.end > b.end;
}
