import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { expect, it } from "vitest";
import { delivery, freshStore } from "../helpers/store.ts";

const PAGE = 4_096 + 24;

/** Bytes that this process has handed to the kernel. */
function written(): number {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
}

it("a delivery of the usual size, stored with fifteen others, writes at most eight pages, and nothing beside the write-ahead log", async () => {
  const store = await freshStore();
  const push = () =>
    delivery(randomBytes(20).toString("hex"), { deliveryId: `${randomUUID()} 292430182`, body: randomBytes(7_545) });
  const batch = () => Array.from({ length: 16 }, push);
  for (let filled = 0; filled < 30; filled++) await store.deliveries.record(batch());
  await store.tidy();
  const log = `${store.file}-wal`;
  const before = { log: statSync(log).size, written: written() };
  const BATCHES = 20;
  for (let count = 0; count < BATCHES; count++) await store.deliveries.record(batch());
  const logged = statSync(log).size - before.log;
  expect(logged / PAGE / (BATCHES * 16)).toBeLessThan(8);
  // A statement that keeps the pages as they were in a file of its own would write them once more.
  expect(written() - before.written).toBeLessThan(logged * 1.1);
});
