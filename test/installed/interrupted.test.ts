import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { crashEnd, HOLD_POINTS, needsFailure } from "../helpers/held-runner.ts";
import type { HoldPoint } from "../helpers/held-runner.ts";
import { turningPairs } from "../helpers/turning-pairs.ts";
import { INSTALL, machineOfThisFile, NEWER_PACKAGE } from "./machine.ts";
import { addShop, deployedRevision, pushVersion } from "./shop.ts";

const ORDER = "/var/lib/fraisier/hold-order";
/** Beside the program: it must find the better-sqlite3 that the program uses. */
const PRELOAD = "/usr/lib/fraisier/hold-points.mts";
/** All phases have something to do. */
const SHOP = `database: { tool: sql, url: "sqlite:/srv/shop/shop.db", backup: {} }
hooks: { after_deploy: "true" }
verify: [{ type: command, command: "true" }]
`;
const MIGRATION = "-- migrate:up\ncreate table price (amount integer);\n-- migrate:down\ndrop table price;\n";
const WAYS = ["power failure", "orderly"] as const;
const REBOOTS = turningPairs("reboot", [HOLD_POINTS, WAYS], 2);
const UPGRADES = turningPairs("package", [HOLD_POINTS, ["goes on"]], 1);

const machine = machineOfThisFile({ keep: true });
const text = (path: string): Promise<string> => machine.root(`cat ${path}`).then((printed) => printed.trim());
let version = 0;
let live = "";

/** Pushes the next version, and waits until its runner is held at this point. */
async function pushUntil(point: HoldPoint): Promise<string> {
  version += 1;
  await machine.root(`rm -f ${ORDER}*`);
  await machine.write(ORDER, JSON.stringify({ at: point }), { owner: "fraisier" });
  const revision = await pushVersion(machine, `${version}${needsFailure(point) ? " broken" : ""}`);
  await machine.until(`a runner that is held (${point})`, `test -e ${ORDER}.held`);
  return revision;
}

/** Waits for the end of a deployment; gives how it ended, which version answers then, and what status complains of. */
async function endOf(revision: string): Promise<object> {
  const { status, reason } = await deployedRevision(machine, revision);
  if (status === "succeeded") live = String(version);
  // The service boots beside the daemon.
  const answer = await machine.until("the service answers", "curl -fsS http://127.0.0.1:8000/VERSION");
  const lines = (await machine.root("cd / && fraisier status")).split("\n");
  return { status, reason, answer: answer.trim(), complaints: lines.filter((line) => /drift|error/.test(line)) };
}

/** What endOf() gives if all is well. */
function well(status: string): object {
  return { status, reason: expect.any(String) as string, answer: live, complaints: [] };
}

it("has a shop whose deployments come through every phase", async () => {
  await addShop(machine, SHOP);
  // A deployment that was taken back because its runner died is tried again, which is another test's.
  await machine.root("echo 'deployment: { retries: 0 }' >> /etc/fraisier/fraises.yaml; fraisier reload --wait");
  await machine.as("ann", "mkdir shop/migrations; cat > shop/migrations/0001_price.sql", MIGRATION);
  await machine.write(PRELOAD, readFileSync(join(import.meta.dirname, "../helpers/hold-points.mts"), "utf8"));
  await machine.write(
    "/etc/systemd/system/fraisier-deploy@.service.d/hold.conf",
    `[Service]\nEnvironment=HOLD_ORDER=${ORDER} NODE_OPTIONS=--import=${PRELOAD}\n`,
  );
  await machine.root("systemctl daemon-reload");
  version += 1;
  expect(await endOf(await pushVersion(machine, "1"))).toEqual(well("succeeded"));
});

it.each(REBOOTS)(
  "a deployment in %s is brought to its end by the next boot after this: %s",
  { timeout: 120_000 },
  async (point, way) => {
    const revision = await pushUntil(point);
    const before = await text("/proc/sys/kernel/random/boot_id");
    await machine.reboot(way);
    expect(await text("/proc/sys/kernel/random/boot_id")).not.toBe(before);
    expect(await endOf(revision)).toEqual(well(crashEnd(point)));
  },
);

it.each(UPGRADES)("a deployment in %s %s when the package is upgraded", async (point) => {
  const revision = await pushUntil(point);
  // The first time the version is newer; each further time the same files are put in place again.
  await machine.root(`${INSTALL} --reinstall ${NEWER_PACKAGE}`);
  await machine.until("the daemon listens", "curl -fsS http://127.0.0.1:8787/health");
  const { pid } = JSON.parse(await text(`${ORDER}.held`)) as { pid: number };
  await machine.root(`kill -CONT ${pid}`);
  expect(await endOf(revision)).toEqual(well(needsFailure(point) ? "rolled_back" : "succeeded"));
});
