import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { startBlockedFraisier } from "./blocked-fraisier.ts";
import { startLoad } from "./load.ts";
import { figure } from "./figure.ts";
import type { Part } from "./part.ts";
import { SECRET } from "./servers.ts";
import type { Server } from "./servers.ts";

const HALF = 50_000;
const BATCH = 5_000;
/** Growth that is noise: allocators round, and garbage is collected when it pays. */
const FLAT_MB = 8;

const RAISED_BY =
  "some 58 MB are Node's own file pages; the rest grows once under load, mostly in the heaps of the two threads, and then stays.";

/** What a daemon that runs for years may hold. */
export const memory: Part = {
  letter: "e",
  title: "Resident memory of the daemon",
  async run(folder) {
    await using fraisier = await startBlockedFraisier(folder);
    const { server } = fraisier;
    using load = startLoad();
    const deliver = async (count: number): Promise<void> => {
      for (let sent = 0; sent < count; sent += BATCH) {
        await load.send({ port: server.port, path: server.path, secret: SECRET, count: BATCH });
      }
    };
    const idle = await restingMegabytes(server);
    await deliver(HALF);
    const half = await restingMegabytes(server);
    await deliver(HALF);
    const whole = await restingMegabytes(server);
    fraisier.checkStored(2 * HALF);
    const row = (id: string, measured: string, megabytes: number, most: number) =>
      figure(id, measured, megabytes, { unit: " MB", wanted: { most }, boundBy: RAISED_BY });
    return [
      row("memory.idle", "idle", idle, 100),
      row("memory.half", "after 50,000 deliveries", half, 120),
      row("memory.whole", "after 100,000 deliveries", whole, 120),
      row("memory.growth", "the second 50,000 added", whole - half, FLAT_MB),
    ];
  },
};

/** VmRSS, some seconds after the last work. */
async function restingMegabytes({ pid }: Server): Promise<number> {
  await sleep(3_000);
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return (Number(kilobytes) * 1024) / 1e6;
}
