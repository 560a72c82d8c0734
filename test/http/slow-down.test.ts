import { expect, it } from "vitest";
import { createSlowDown } from "../../src/http/api/slow-down.ts";

it("a sender of wrong tokens is slowed down after ten, and is let off as time goes on; another sender is not", async () => {
  let now = 0;
  const { wrong } = createSlowDown(() => now, 0);
  for (let i = 0; i < 10; i++) expect(await wrong("192.0.2.1")).toBe(false);
  expect(await wrong("192.0.2.1")).toBe(true);
  expect(await wrong("192.0.2.2")).toBe(false);
  now += 12_000;
  expect(await wrong("192.0.2.1")).toBe(false);
});

it("remembers a bounded number of senders, and forgets the one that was quiet for longest", async () => {
  const { wrong } = createSlowDown(() => 0, 0);
  for (let i = 0; i < 10; i++) await wrong("192.0.2.1");
  for (let i = 0; i < 1_000; i++) await wrong(`2001:db8:0:${i}::/64`);
  expect(await wrong("192.0.2.1")).toBe(false);
});
