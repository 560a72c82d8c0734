import { it } from "vitest";
import { crashMatrix, expectNothingLost } from "./matrix.ts";

it("api, releases, with commands in a sandbox: the runner dies, wherever", { timeout: 1_200_000 }, async () => {
  const result = await crashMatrix({
    name: "api, releases, in a sandbox",
    layout: "releases",
    deployment: "sandbox: auto",
    environment: "install: sleep 0.1\nbuild: cat VERSION > built\ncache: [~/.cache]",
    kinds: ["runner"],
  });
  expectNothingLost(result);
});
