import { expect, it } from "vitest";
import { followedBy, HostUnavailable, StepFailed } from "../../src/domain/errors.ts";

it("an error that another one follows stays what it is, and says both", () => {
  const first = new HostUnavailable("no room", { hint: "Make room there." });
  expect(followedBy(first, new StepFailed("no start", { hint: "Look there." }))).toBe(first);
  expect(first).toMatchObject({ message: "no room; and then: no start", hint: "Make room there.", exitCode: 3 });
  expect(followedBy(new TypeError("a bug"), new StepFailed("no start"))).toMatchObject({
    message: "a bug; and then: no start",
    stack: expect.stringContaining("a bug; and then: no start"),
  });
});
