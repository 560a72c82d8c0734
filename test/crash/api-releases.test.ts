import { expect, it } from "vitest";
import { nothingLost, crashMatrix, report } from "./matrix.ts";

it("api, releases: whoever dies, and wherever", { timeout: 1_200_000 }, async () => {
  const result = await crashMatrix({ layout: "releases", kinds: ["runner", "daemon", "both"] });
  report("api, releases", result);
  expect(result).toEqual(nothingLost(result));
});
