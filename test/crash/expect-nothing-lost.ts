import { expect } from "vitest";
import { crashMatrix } from "./matrix.ts";
import type { MatrixOptions } from "./matrix.ts";

/** Runs the matrix, prints its line, and fails with what was not as it must be. */
export async function expectNothingLost(what: string, options: MatrixOptions): Promise<void> {
  const { points, recovered, lost, doubled, unreached, problems } = await crashMatrix(options);
  process.stdout.write(
    `${what}: ${points} crash points, ${recovered} recovered, ${lost} lost, ${doubled} doubled` +
      `${unreached.length === 0 ? "" : ` (${unreached.length} recorded points did not come again)`}\n`,
  );
  expect(problems, problems.join("\n")).toEqual([]);
  expect({ recovered, lost, doubled }).toEqual({ recovered: points, lost: 0, doubled: 0 });
  // Timers may fall elsewhere the next time; most points must come again, or nothing was tried.
  expect(unreached.length, unreached.join("\n")).toBeLessThan(points / 5);
}
