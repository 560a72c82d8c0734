import { expect, it } from "vitest";
import { nearest } from "../../src/config/file/nearest.ts";

it("finds a short word with two letters swapped, which counts as one mistake", () => {
  for (const [typed, meant] of [
    ["prot", "port"],
    ["uesr", "user"],
    ["jbos", "jobs"],
  ] as const)
    expect(nearest(typed, ["branch", "path", meant])).toBe(meant);
  expect(nearest("rtop", ["port"])).toBeUndefined();
});
