import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startBlockedFraisier } from "./blocked-fraisier.ts";
import { startLoad } from "./load.ts";
import type { LoadResult } from "./load.ts";
import { figure } from "./figure.ts";
import type { Row } from "./figure.ts";
import type { Part } from "./part.ts";
import { SECRET, startAdnanhWebhook, startBareRoute } from "./servers.ts";
import type { Server } from "./servers.ts";
import { untilQuiet } from "./quiet.ts";
import { median } from "./statistics.ts";
import { provideWebhook } from "./webhook-package.ts";

const ROUNDS = 7;
const WARM_UP = 3_000;
const PER_ROUND = 5_000;

/** Why the ratios are what they are on two processors; found with --cpu-prof and perf. */
const BOUND_BY_THE_STORE =
  "the inbox's thread: 165 to 200 µs of processor time a delivery, half of it in the kernel for writing some seven pages " +
  "of 4 KiB (body, two hash-ordered indexes that recognise redeliveries, the ends of a dozen tables and indexes), besides 120 µs of the main " +
  "thread (the bare route: 85 µs in all) and the load generator's 40 µs, on the same two processors.";

/** What a process has used since it was started. */
interface Usage {
  readonly processorMs: number;
  readonly writtenBytes: number;
}

/** What one delivery costs. */
interface Cost {
  readonly processorUs: number;
  readonly writtenKb: number;
}

interface Round extends LoadResult {
  /** Until the last thing that followed from the deliveries was done. */
  readonly secondsUntilDone: number;
}

interface Contender {
  readonly name: string;
  readonly server: Server;
  readonly rounds: Round[];
}

interface Figures {
  /** Answers a second. */
  readonly rate: number;
  /** Deliveries a second, all that follows from them done. */
  readonly doneRate: number;
  readonly p50: number;
  readonly p99: number;
}

/** What a durable accepted delivery costs, beside a program that keeps nothing and a route that does nothing. */
export const accept: Part = {
  letter: "a",
  title: "Accepted deliveries",
  async run(folder) {
    await using bare = await startBareRoute();
    await using fraisier = await startBlockedFraisier(folder);
    const missing = await provideWebhook();
    await using webhook = missing === undefined ? await startAdnanhWebhook(join(folder, "adnanh")) : undefined;
    const contenders: Contender[] = [
      { name: "fraisier", server: fraisier.server, rounds: [] },
      { name: "bare", server: bare, rounds: [] },
      ...(webhook === undefined ? [] : [{ name: "webhook", server: webhook, rounds: [] }]),
    ];
    using load = startLoad();
    const send = (server: Server, count: number): Promise<LoadResult> =>
      load.send({ port: server.port, path: server.path, secret: SECRET, count });

    for (const { server } of contenders) {
      await send(server, WARM_UP);
      await untilQuiet(server.pid);
    }
    const before = usageOf(fraisier.server.pid);
    for (let round = 0; round < ROUNDS; round++) {
      for (const { server, rounds } of contenders) {
        const result = await send(server, PER_ROUND);
        rounds.push({ ...result, secondsUntilDone: result.seconds + (await untilQuiet(server.pid)) / 1000 });
      }
    }
    const cost = costOf(before, usageOf(fraisier.server.pid), ROUNDS * PER_ROUND);
    fraisier.checkStored(WARM_UP + ROUNDS * PER_ROUND);
    const figures = new Map(contenders.map(({ name, rounds }) => [name, summarise(rounds)]));
    return rows(figures, missing, { bodyBytes: contenders[0]?.rounds[0]?.bodyBytes ?? 0, cost });
  },
};

/** Processor time without children, and bytes that went to the storage layer (proc_pid_io(5)). */
function usageOf(pid: number): Usage {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
  const written = /^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "latin1"))?.[1];
  return { processorMs: (Number(fields[11]) + Number(fields[12])) * 10, writtenBytes: Number(written) };
}

function costOf(before: Usage, after: Usage, deliveries: number): Cost {
  return {
    processorUs: (1_000 * (after.processorMs - before.processorMs)) / deliveries,
    writtenKb: (after.writtenBytes - before.writtenBytes) / deliveries / 1_000,
  };
}

function summarise(rounds: readonly Round[]): Figures {
  return {
    rate: median(rounds.map(({ seconds }) => PER_ROUND / seconds)),
    doneRate: median(rounds.map(({ secondsUntilDone }) => PER_ROUND / secondsUntilDone)),
    p50: median(rounds.map(({ p50 }) => p50)),
    p99: median(rounds.map(({ p99 }) => p99)),
  };
}

function rows(
  figures: ReadonlyMap<string, Figures>,
  missing: string | undefined,
  { bodyBytes, cost }: { readonly bodyBytes: number; readonly cost: Cost },
): readonly Row[] {
  const [fraisier, bare, webhook] = ["fraisier", "bare", "webhook"].map((name) => figures.get(name));
  if (fraisier === undefined || bare === undefined) throw new Error("fraisier and the bare route are always measured");
  const ratio = (id: string, measured: string, value: number, least: number): Row =>
    figure(id, measured, value, { digits: 2, wanted: { least }, boundBy: BOUND_BY_THE_STORE });
  return [
    figure(
      "deliveries.p99",
      `fraisier serve, the 99th percentile: ${bodyBytes} bytes each, stored with fsync, deployment queued or superseded`,
      fraisier.p99,
      {
        unit: " ms",
        digits: 1,
        wanted: { most: 25 },
        boundBy: "a delivery waits for the commit that others share with it, and for its turn on two processors.",
        result: text(fraisier),
      },
    ),
    { measured: "bare Hono route: reads the body, verifies it", result: text(bare) },
    {
      measured: "adnanh/webhook: verifies it, answers, then runs /bin/true",
      result: webhook === undefined ? `not measured: ${missing}` : text(webhook),
    },
    ratio("deliveries.bare", "fraisier / bare Hono route", fraisier.rate / bare.rate, 0.7),
    // It answers before it has run what it answered for: so many a second it can answer for a moment, so many it can sustain.
    ...(webhook === undefined
      ? []
      : [
          ratio(
            "deliveries.webhook",
            "fraisier / adnanh/webhook, its answers alone",
            fraisier.rate / webhook.rate,
            1.3,
          ),
          ratio(
            "deliveries.webhook-done",
            `fraisier / adnanh/webhook, until its commands have run (${webhook.doneRate.toFixed(0)}/s)`,
            fraisier.rate / webhook.doneRate,
            2,
          ),
        ]),
    figure("deliveries.processor", "processor time of a delivery, both threads", cost.processorUs, {
      unit: " µs",
      wanted: { most: 210 },
      boundBy: BOUND_BY_THE_STORE,
    }),
    figure("deliveries.written", "written to the disk for a delivery, checkpoints included", cost.writtenKb, {
      unit: " KB",
      digits: 1,
      wanted: { most: 30 },
      boundBy:
        "each page that a delivery changes is written to the log, and again to the store at the next checkpoint.",
    }),
  ];
}

function text({ rate, p50, p99 }: Figures): string {
  return `${rate.toFixed(0)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
}
