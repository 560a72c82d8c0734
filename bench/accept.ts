import { join } from "node:path";
import { startBlockedFraisier } from "./blocked-fraisier.ts";
import { startLoad } from "./load.ts";
import type { LoadResult } from "./load.ts";
import type { Part, Row } from "./report.ts";
import { SECRET, startAdnanhWebhook, startBareRoute } from "./servers.ts";
import type { Server } from "./servers.ts";
import { untilQuiet } from "./quiet.ts";
import { above, below, median } from "./statistics.ts";
import { provideWebhook } from "./webhook-package.ts";

const ROUNDS = 7;
const WARM_UP = 3_000;
const PER_ROUND = 5_000;

/** Why the ratios are what they are on two processors; found with --cpu-prof and perf. */
const BOUND_BY_THE_STORE =
  "What bounds it is the inbox's thread: 165 to 200 µs of processor time a delivery, half of it in the kernel for writing some seven pages " +
  "of 4 KiB (body, two hash-ordered indexes that recognise redeliveries, the ends of a dozen tables and indexes), besides 120 µs of the main " +
  "thread (the bare route: 85 µs in all) and the load generator's 40 µs, on the same two processors.";

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
    for (let round = 0; round < ROUNDS; round++) {
      for (const { server, rounds } of contenders) {
        const result = await send(server, PER_ROUND);
        rounds.push({ ...result, secondsUntilDone: result.seconds + (await untilQuiet(server.pid)) / 1000 });
      }
    }
    fraisier.checkStored(WARM_UP + ROUNDS * PER_ROUND);
    const figures = new Map(contenders.map(({ name, rounds }) => [name, summarise(rounds)]));
    return rows(figures, missing, contenders[0]?.rounds[0]?.bodyBytes ?? 0);
  },
};

function summarise(rounds: readonly Round[]): Figures {
  return {
    rate: median(rounds.map(({ seconds }) => PER_ROUND / seconds)),
    doneRate: median(rounds.map(({ secondsUntilDone }) => PER_ROUND / secondsUntilDone)),
    p50: median(rounds.map(({ p50 }) => p50)),
    p99: median(rounds.map(({ p99 }) => p99)),
  };
}

function rows(figures: ReadonlyMap<string, Figures>, missing: string | undefined, bodyBytes: number): readonly Row[] {
  const [fraisier, bare, webhook] = ["fraisier", "bare", "webhook"].map((name) => figures.get(name));
  if (fraisier === undefined || bare === undefined) throw new Error("fraisier and the bare route are always measured");
  const toBare = fraisier.rate / bare.rate;
  return [
    {
      measured: `fraisier serve: ${bodyBytes} bytes each, stored with fsync, deployment queued or superseded`,
      result: text(fraisier),
      wanted: "p99 < 50 ms",
      missedBy: above(fraisier.p99, 50, " ms"),
    },
    { measured: "bare Hono route: reads the body, verifies it", result: text(bare) },
    {
      measured: "adnanh/webhook: verifies it, answers, then runs /bin/true",
      result: webhook === undefined ? `not measured: ${missing}` : text(webhook),
    },
    {
      measured: "fraisier / bare Hono route",
      result: toBare.toFixed(2),
      wanted: "≥ 0.70",
      missedBy: below(toBare, 0.7, ""),
      because: BOUND_BY_THE_STORE,
    },
    ...(webhook === undefined ? [] : besideWebhook(fraisier, webhook)),
  ];
}

/** It answers before it has run what it answered for: so many a second it can answer for a moment, so many it can sustain. */
function besideWebhook(fraisier: Figures, webhook: Figures): readonly Row[] {
  const row = (measured: string, ratio: number): Row => ({
    measured: `fraisier / adnanh/webhook, ${measured}`,
    result: ratio.toFixed(2),
    wanted: "≥ 2.00",
    missedBy: below(ratio, 2, ""),
    because: BOUND_BY_THE_STORE,
  });
  return [
    row("its answers alone", fraisier.rate / webhook.rate),
    row(`until its commands have run (${webhook.doneRate.toFixed(0)}/s)`, fraisier.rate / webhook.doneRate),
  ];
}

function text({ rate, p50, p99 }: Figures): string {
  return `${rate.toFixed(0)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
}
