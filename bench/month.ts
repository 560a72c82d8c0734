import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { IncomingDelivery } from "../src/domain/decision.ts";
import { newId } from "../src/domain/id.ts";
import { prune } from "../src/queue/retention.ts";
import { openStore } from "../src/store/store.ts";
import { figure } from "./figure.ts";
import type { Part } from "./part.ts";

const DELIVERIES = 1_000_000;
const BATCH = 125;
const BODY_BYTES = 2_000;
const HOURS = 30 * 24;
const MAX_MEBIBYTES = 256;
/** Free pages that stay for the next rows, and a batch of deliveries that came since the last look. */
const SLACK_MEBIBYTES = 32;

/** A month of heavy use in minutes: the clock of this process is moved on, and the store is pruned every hour of it, as the daemon does. */
export const month: Part = {
  letter: "h",
  title: "A month of heavy use: 1,000,000 deliveries",
  async run(folder) {
    const file = join(folder, "month.db");
    const store = await openStore(`sqlite:${file}`);
    const now = Date.now;
    const startedAt = now();
    let simulated = startedAt;
    Date.now = () => simulated;
    const retention = {
      keep_payloads_days: 30,
      keep_logs_days: 90,
      keep_history_days: 365,
      max_size: MAX_MEBIBYTES * 2 ** 20,
    };
    const sizes: number[] = [];
    let largest = 0;
    try {
      const perHour = Math.ceil(DELIVERIES / HOURS / BATCH) * BATCH;
      for (let sent = 0, hour = 0; sent < DELIVERIES; hour++) {
        for (let n = 0; n < perHour && sent < DELIVERIES; n += BATCH, sent += BATCH) {
          simulated += (3_600_000 * BATCH) / perHour;
          await store.deliveries.record(Array.from({ length: BATCH }, (_, index) => push(sent + index, simulated)));
        }
        largest = Math.max(largest, statSync(file).size);
        await prune(store, retention, new Date(simulated));
        if (hour % (HOURS / 4) === 0) sizes.push(statSync(file).size);
      }
    } finally {
      Date.now = now;
    }
    sizes.push(statSync(file).size);
    const left = (await store.deliveries.history({ limit: 1 })).length;
    if (left === 0) throw new Error("the newest delivery was forgotten");
    await store.close();
    const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
    return [
      {
        measured: `store after each quarter of the month, store.max_size ${MAX_MEBIBYTES} MiB, pruned every hour`,
        result: sizes.slice(1).map(mebibytes).join(", "),
      },
      figure("month.largest", "the largest it was at any hour", largest / 2 ** 20, {
        unit: " MiB",
        wanted: { most: MAX_MEBIBYTES + SLACK_MEBIBYTES },
        boundBy: "store.max_size, and the rows that come between two looks at it.",
      }),
    ];
  },
};

function push(n: number, at: number): IncomingDelivery {
  const revision = createHash("sha1").update(String(n)).digest("hex");
  const body = Buffer.alloc(BODY_BYTES, revision);
  return {
    id: newId(Math.floor(at)),
    receivedAt: new Date(at).toISOString(),
    forge: "github",
    deliveryId: `delivery-${n}`,
    eventName: "push",
    repository: "acme/shop",
    remoteAddress: "192.0.2.1",
    headers: "{}",
    body,
    bodyBytes: body.length,
    bodySha256: createHash("sha256").update(body).digest("hex"),
    verified: true,
    httpStatus: 200,
    proposals: [
      {
        kind: "wish",
        target: { fraise: `f${n % 20}`, environment: "production", job: "" },
        wanted: {
          revision,
          previous: undefined,
          ref: { kind: "branch", name: "main" },
          forced: false,
          message: "Prices with taxes",
          triggeredBy: "ann",
        },
      },
    ],
  };
}
