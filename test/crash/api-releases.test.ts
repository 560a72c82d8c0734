import { it } from "vitest";
import { crashMatrix, expectNothingLost } from "./matrix.ts";

it("api, releases: whoever dies, and wherever", { timeout: 1_200_000 }, async () => {
  const result = await crashMatrix({ name: "api, releases", layout: "releases", kinds: ["runner", "daemon", "both"] });
  expectNothingLost(result);
});
