import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { figure } from "./figure.ts";
import type { Part } from "./part.ts";
import { startFraisier } from "./servers.ts";
import { openReadOnly, prepareShop, pushAndWait } from "./shop.ts";
import { straceArguments, traceAfter } from "./traced.ts";

/** A sandbox is tried once for each process that needs one. */
const OF_SANDBOX = new Set(["bwrap", "setpriv", "env", "true"]);

/** What one deployment asks of the kernel: counted by strace, so that time is no part of it. */
export const commits: Part = {
  letter: "j",
  title: "Programs and commits of one deployment",
  async run(folder) {
    const shop = await prepareShop(join(folder, "shop"));
    const log = join(folder, "strace");
    await using daemon = await startFraisier(shop.config, { under: ["strace", ...straceArguments(log)] });
    await shop.installHook(`http://127.0.0.1:${daemon.port}/webhook/git`);
    using database = openReadOnly(shop.store);
    // The first push makes the mirror.
    await pushAndWait(database, shop, "first");
    await sleep(2_000);
    const before = statSync(log).size;
    await pushAndWait(database, shop, "second");
    await sleep(2_000);
    const { programs, synced } = traceAfter(log, before);
    await shop.service.remove();
    const own = programs.filter((path) => {
      const name = path.split("/").at(-1) ?? "";
      return !shop.service.programs.has(name) && !OF_SANDBOX.has(name) && !path.startsWith(shop.folder);
    });
    return [
      figure(
        "deployment.programs",
        "programs that fraisier starts for itself: the runner, git, looks at the service",
        own.length,
        {
          wanted: { most: 10 },
          boundBy: "each question to git is a program of its own, and so is the runner.",
          result: `${own.length}: ${counted(own)}`,
        },
      ),
      figure(
        "deployment.commits",
        "fsynced commits to the store",
        synced.filter((path) => path.endsWith("-wal")).length,
        {
          wanted: { most: 14 },
          boundBy: "each step is written down before and after it acts, which is what the crash table needs.",
        },
      ),
    ];
  },
};

function counted(paths: readonly string[]): string {
  const names = Map.groupBy(paths, (path) => path.split("/").at(-1) ?? "");
  return [...names].map(([name, all]) => `${all.length} × ${name}`).join(", ");
}
