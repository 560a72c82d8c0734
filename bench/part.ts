import type { Row } from "./figure.ts";

/** A part of the benchmark. */
export interface Part {
  readonly letter: string;
  readonly title: string;
  /** @param folder an empty one of its own; removed afterwards. */
  run(folder: string): Promise<readonly Row[]>;
}
