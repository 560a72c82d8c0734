import { it } from "vitest";
import { crashMatrix, expectNothingLost } from "./matrix.ts";

it("api, in place: whoever dies, and wherever", { timeout: 1_200_000 }, async () => {
  const result = await crashMatrix({
    name: "api, in place",
    layout: "in_place",
    kinds: ["runner", "daemon", "both"],
    async prepare({ git, bare, app }) {
      await git("commit", "--quiet", "--allow-empty", "--message", "empty");
      await git("push", "--quiet", "origin", "main");
      await git("clone", "--quiet", bare, app);
    },
  });
  expectNothingLost(result);
});
