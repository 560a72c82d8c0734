import type { ConfigProblem } from "../../domain/errors.ts";
import { pathName } from "./locate.ts";
import type { Path, Place } from "./locate.ts";
import type { ReadDocument } from "./read-document.ts";

/** Collects what is wrong with a fraises.yaml, each problem at its line and column. */
export class Problems {
  readonly #document: ReadDocument;
  readonly #found: ConfigProblem[] = [];

  constructor(document: ReadDocument) {
    this.#document = document;
  }

  get found(): readonly ConfigProblem[] {
    return this.#found;
  }

  /** Adds a problem of the value at `path`. */
  at(path: Path, message: string): void {
    this.#found.push(this.#document.problemAt(path, message));
  }

  /** Adds a problem of the key at `path`: that it is there, or what it lacks. */
  atKey(path: Path, message: string): void {
    this.#found.push(this.#document.problemAt(path, message, { atKey: true }));
  }

  /** Adds a problem of the value at `path`. The message begins with the name of the path, and `rest` is what follows it. */
  of(path: Path, rest: string): void {
    this.at(path, `${pathName(path)}${rest}`);
  }

  /** Adds problems that know their places already. */
  add(problems: readonly ConfigProblem[]): void {
    this.#found.push(...problems);
  }

  /** Whether the file has something at this place. */
  has(path: Path): boolean {
    return this.#document.has(path);
  }

  /** The place of the value at `path`, as a problem without a message: a secret that is missing later is blamed on it. */
  placeOf(path: Path): ConfigProblem {
    return this.#document.problemAt(path, "");
  }

  /** The place of the first scalar with this text. */
  placeOfText(text: string): Place | undefined {
    return this.#document.placeOfText(text);
  }
}
