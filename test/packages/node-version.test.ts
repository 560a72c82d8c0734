import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";

const PROGRAM = process.env["FRAISIER_TEST_PROGRAM"] ?? "";
const OLD_NODES = ["/usr/bin/node", "/usr/local/bin/node"].filter(
  (node) => existsSync(node) && Number(spawnSync(node, ["-p", "process.versions.node.split('.')[0]"]).stdout) < 24,
);

describe("the built program", () => {
  it("can be executed as it is", () => {
    expect((statSync(PROGRAM).mode & 0o777).toString(8)).toBe("755");
  });

  it("says in one sentence that it needs Node 24 when it is run by an older one", () => {
    // Every Node that is new enough for the tests is too new for this: it takes itself for an older one.
    const pretend = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.11.1'})";
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", pretend, PROGRAM, "status"], {
      encoding: "utf8",
    });
    expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
    expect(stderr).toMatch(
      /^fraisier: fraisier needs Node 24 or newer, but .* is Node 20\.11\.1: install Node 24, or .*\.\n$/,
    );
  });

  it.skipIf(OLD_NODES.length === 0)("says so when this machine's old Node runs it", () => {
    for (const node of OLD_NODES) {
      const { status, stderr } = spawnSync(node, [PROGRAM, "serve"], { encoding: "utf8" });
      expect({ status, lines: stderr.trimEnd().split("\n").length }).toEqual({ status: 3, lines: 1 });
      expect(stderr).toContain("needs Node 24");
    }
  });
});
