import { expect, it } from "vitest";
import { clockTime, fromNow, tookInWords } from "../../src/domain/time-words.ts";

const AT = new Date("2026-11-22T06:30:12.345Z");

it.each([
  ["utc", 60, "2026-11-22 06:30:12 UTC"],
  ["local", 60, "2026-11-22 07:30:12 +01:00"],
  ["local", -210, "2026-11-22 03:00:12 -03:30"],
  ["local", 0, "2026-11-22 06:30:12 UTC"],
] as const)("a time by the %s clock, %i minutes east of UTC, names its zone: %s", (style, offset, text) => {
  expect(clockTime(AT, style, offset)).toBe(text);
});

it.each([
  [340, "340 ms"],
  [1_449, "1.4 s"],
  [9_949, "9.9 s"],
  [12_400, "12 s"],
  [185_000, "3 min 5 s"],
  [7_800_000, "2 h 10 min"],
])("something that took %i ms took %s", (ms, text) => {
  expect(tookInWords(ms)).toBe(text);
});

it.each([
  [-3_000, "3 s ago"],
  [-180_000, "3 min ago"],
  [18_000_000, "in 5 h"],
  [-200_000_000, "2 d ago"],
])("a time %i ms from now is %s", (ms, text) => {
  expect(fromNow(ms)).toBe(text);
});
