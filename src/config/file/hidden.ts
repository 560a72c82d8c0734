import { inspect } from "node:util";

/** A value that never shows itself: wherever it is printed, logged or written as JSON, it is `***`. */
export abstract class Hidden {
  toString(): string {
    return "***";
  }

  toJSON(): string {
    return "***";
  }

  [inspect.custom](): string {
    return "***";
  }
}
