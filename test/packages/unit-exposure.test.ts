import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** What packages install: scripts/package and packaging/install.sh copy these files. */
const UNITS = join(import.meta.dirname, "../../systemd");
const hasTool = spawnSync("systemd-analyze", ["security", "--help"]).status === 0;

/** The exposure that systemd itself finds, from 0 (none) to 10. */
function exposure(unit: string): number {
  const argv = ["security", "--offline=true", "--no-pager", join(UNITS, unit)];
  const printed = execFileSync("systemd-analyze", argv, { encoding: "utf8" });
  return Number(/Overall exposure level for .*: ([\d.]+)/.exec(printed)?.[1]);
}

describe.skipIf(!hasTool)("the exposure of the units, as systemd-analyze security finds it", () => {
  it("is at most 1.5 for the daemon and 5.0 for deployments", () => {
    expect(exposure("fraisier.service")).toBeLessThanOrEqual(1.5);
    expect(exposure("fraisier-deploy@.service")).toBeLessThanOrEqual(5);
  });
});

describe("the units", () => {
  const [daemon, deploy] = ["fraisier.service", "fraisier-deploy@.service"].map((name) =>
    readFileSync(join(UNITS, name), "utf8"),
  ) as [string, string];

  it("leave bubblewrap a whole /proc and its namespaces in deployments", () => {
    expect(deploy).not.toMatch(/^(ProtectKernelTunables|ProtectKernelLogs|ProcSubset)=/m);
    const namespaces = /^RestrictNamespaces=(.*)$/m.exec(deploy)?.[1]?.split(" ") ?? [];
    expect(namespaces).toEqual(expect.arrayContaining(["user", "mnt", "pid", "ipc", "net"]));
  });

  it("keep the state folder from other users", () => {
    for (const unit of [daemon, deploy]) expect(unit).toMatch(/^StateDirectoryMode=0750$/m);
    expect(readFileSync(join(UNITS, "fraisier.tmpfiles"), "utf8")).toMatch(/^d \/var\/lib\/fraisier 0750 /m);
  });
});
