import { LuaError } from './lua-error.ts';

/**
 * One entry of a table under a key that is not in its list part. Compiled code keeps the cell that it found last
 * at each place of the source and asks it first: as long as `owner` is the table, `value` is the entry's value.
 */
export class Cell<V> {
  /** The table while the entry belongs to it; undefined once the table has dropped the entry. */
  owner: LuaTable<V> | undefined;
  readonly key: V;
  /** Undefined when the entry was set to nil: it stays for `next`, and for the key to come back. */
  value: V | undefined;
  /** The entry that was added after this one. */
  following: Cell<V> | undefined = undefined;

  constructor(owner: LuaTable<V> | undefined, key: V, value: V | undefined) {
    this.owner = owner;
    this.key = key;
    this.value = value;
  }
}

/** Empty entries that a table keeps before it looks whether dropping them pays. */
const FEW_EMPTY = 8;

/**
 * A Lua table of values `V`, raw: metatables are obeyed by those who use it. The values under 1, 2, 3… are in a list, all
 * others in cells, in the order in which they were added.
 */
export class LuaTable<V> {
  metatable: LuaTable<V> | undefined = undefined;
  /** The values under 1 to n. The last one is never nil; inner ones may be. */
  readonly list: (V | undefined)[] = [];
  #cells: Map<unknown, Cell<V>> | undefined = undefined;
  #firstCell: Cell<V> | undefined = undefined;
  #lastCell: Cell<V> | undefined = undefined;
  /** Cells that were emptied since they were last counted; an upper bound, as one may have been filled again. */
  #emptied = 0;

  /** The value under a key, nil when there is none. */
  get(key: unknown): V | undefined {
    if (typeof key === 'number') {
      const { list } = this;
      if (key > 0 && key <= list.length && key % 1 === 0) return list[key - 1];
    }
    return this.#cells?.get(key)?.value;
  }

  /** The value under a string. */
  getField(key: string): V | undefined {
    return this.#cells?.get(key)?.value;
  }

  /** The entry under a key outside of the list part; undefined when there never was one. */
  cell(key: string): Cell<V> | undefined {
    return this.#cells?.get(key);
  }

  /**
   * Sets an entry, or removes it with nil.
   * @throws LuaError when the key is nil or not a number
   */
  set(key: unknown, value: V | undefined): void {
    if (typeof key === 'number') {
      const { list } = this;
      if (key > 0 && key <= list.length && key % 1 === 0) {
        list[key - 1] = value;
        if (value === undefined && key === list.length) this.#shorten();
        return;
      }
      if (key === list.length + 1) {
        if (value !== undefined) this.#append(value);
        else this.#setCell(key, undefined);
        return;
      }
      if (Number.isNaN(key)) throw new LuaError('table index is NaN');
    } else if (key === undefined) {
      throw new LuaError('table index is nil');
    }
    this.#setCell(key, value);
  }

  setField(key: string, value: V | undefined): void {
    this.#setCell(key, value);
  }

  /** A border (`#`): the number of values in the list part. */
  get length(): number {
    return this.list.length;
  }

  /**
   * The entry after the one under `key`, the first one for nil; undefined at the end. Entries may be changed and
   * emptied meanwhile.
   * @throws LuaError when there is no such key
   */
  next(key: unknown): readonly [V, V] | undefined {
    let cell: Cell<V> | undefined;
    const position = key === undefined ? 0 : this.#positionInList(key);
    if (position >= 0) {
      const { list } = this;
      for (let index = position; index < list.length; index += 1) {
        if (list[index] !== undefined) return [(index + 1) as V, list[index]!];
      }
      cell = this.#firstCell;
    } else {
      const current = this.#cells?.get(key);
      if (current === undefined) throw new LuaError("invalid key to 'next'");
      cell = current.following;
    }
    while (cell !== undefined && cell.value === undefined) cell = cell.following;
    return cell === undefined ? undefined : [cell.key, cell.value!];
  }

  /** How many values of the list part are up to and with `key`; -1 when it is no key of the list part. */
  #positionInList(key: unknown): number {
    if (typeof key !== 'number' || key <= 0 || key % 1 !== 0) return -1;
    // The list may have become shorter since `next` gave this key: unless it is a cell's, it was in the list.
    return key <= this.list.length || this.#cells?.has(key) !== true ? key : -1;
  }

  #setCell(key: unknown, value: V | undefined): void {
    const cell = this.#cells?.get(key);
    if (cell !== undefined) {
      if (value === undefined && cell.value !== undefined) this.#emptied += 1;
      cell.value = value;
    } else if (value !== undefined) {
      this.#addCell(key, value);
    }
  }

  #addCell(key: unknown, value: V | undefined): void {
    if (this.#emptied > FEW_EMPTY && this.#emptied * 2 > this.#cells!.size) this.#dropEmptyCells();
    // Minus zero and zero are one key.
    const cell = new Cell(this, (key === 0 ? 0 : key) as V, value);
    (this.#cells ??= new Map()).set(key, cell);
    if (this.#lastCell === undefined) this.#firstCell = cell;
    else this.#lastCell.following = cell;
    this.#lastCell = cell;
  }

  /** Only when an entry is added, which a traversal does not allow. */
  #dropEmptyCells(): void {
    let kept: Cell<V> | undefined;
    for (let cell = this.#firstCell; cell !== undefined; cell = cell.following) {
      if (cell.value === undefined) {
        cell.owner = undefined;
        this.#cells!.delete(cell.key);
        continue;
      }
      if (kept === undefined) this.#firstCell = cell;
      else kept.following = cell;
      kept = cell;
    }
    if (kept === undefined) this.#firstCell = undefined;
    else kept.following = undefined;
    this.#lastCell = kept;
    this.#emptied = 0;
  }

  /** Appends to the list part, and moves behind it what was waiting in cells. */
  #append(value: V): void {
    const { list } = this;
    const cells = this.#cells;
    list.push(value);
    if (cells === undefined) return;
    // The key itself may have a cell, emptied or from before the list reached it.
    this.#clearCell(cells.get(list.length));
    for (let cell = cells.get(list.length + 1); cell?.value !== undefined; cell = cells.get(list.length + 1)) {
      list.push(cell.value);
      this.#clearCell(cell);
    }
  }

  #clearCell(cell: Cell<V> | undefined): void {
    if (cell === undefined || cell.value === undefined) return;
    cell.value = undefined;
    this.#emptied += 1;
  }

  #shorten(): void {
    const { list } = this;
    let length = list.length;
    while (length > 0 && list[length - 1] === undefined) length -= 1;
    list.length = length;
  }
}
