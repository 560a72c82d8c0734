import { expect, it } from "vitest";
import { nothingLost, crashMatrix, report } from "./matrix.ts";

it("api, in place: whoever dies, and wherever", { timeout: 1_200_000 }, async () => {
  const result = await crashMatrix({
    layout: "in_place",
    kinds: ["runner", "daemon", "both"],
    async prepare({ git, bare, app }) {
      await git("commit", "--quiet", "--allow-empty", "--message", "empty");
      await git("push", "--quiet", "origin", "main");
      await git("clone", "--quiet", bare, app);
    },
  });
  report("api, in place", result);
  expect(result).toEqual(nothingLost(result));
});
