interface Happening {
  readonly at: number;
  /** Two happenings of the same time happen in the order in which they were planned. */
  readonly number: number;
  readonly happen: () => void;
}

/** Virtual time: what was planned happens in its order, and no time passes but from one happening to the next. A binary heap. */
export class Timeline {
  now = 0;
  happened = 0;
  #planned = 0;
  readonly #heap: Happening[] = [];

  /** @param delayMs from now on */
  after(delayMs: number, happen: () => void): void {
    const heap = this.#heap;
    this.#planned += 1;
    const added = { at: this.now + Math.max(0, delayMs), number: this.#planned, happen };
    let place = heap.length;
    heap.push(added);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(added, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = added;
  }

  /** False if nothing is planned any more. */
  step(): boolean {
    const first = this.#take();
    if (first === undefined) return false;
    this.now = first.at;
    this.happened += 1;
    first.happen();
    return true;
  }

  #take(): Happening | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const left = heap[2 * place + 1];
      const right = heap[2 * place + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!isBefore(child, last)) break;
      heap[place] = child;
      place = 2 * place + (isRight ? 2 : 1);
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.at < b.at || (a.at === b.at && a.number < b.number);
}
