import { it } from "vitest";
import { expectNothingLost } from "./expect-nothing-lost.ts";

it("api, releases: whoever dies, and wherever", { timeout: 1_200_000 }, async () => {
  await expectNothingLost("api, releases", { layout: "releases", kinds: ["runner", "daemon", "both"] });
});
