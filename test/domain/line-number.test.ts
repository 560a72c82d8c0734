import { expect, it } from "vitest";
import { LINES_PER_ATTEMPT, lineNumber } from "../../src/domain/line-number.ts";

it("numbers the lines of a log from 1 on, and says the attempt only if there were several", () => {
  expect(lineNumber(LINES_PER_ATTEMPT + 12)).toBe("12");
  expect(lineNumber(2 * LINES_PER_ATTEMPT + 12)).toBe("2.12");
});
