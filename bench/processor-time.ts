import { readFileSync } from "node:fs";

/** Linux counts in hundredths of a second here, on every machine. */
const TICK_MS = 10;

/** Milliseconds of processor time that the ended children of this process have taken, with theirs; in steps of ten. */
export function processorMs(): number {
  // The name of the program, in parentheses, may hold anything.
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}
