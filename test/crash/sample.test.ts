import { describe, expect, it } from "vitest";
import { samplePoints, spread, substitutes } from "./sample.ts";

const points = ["fetch", "build", "switch", "-"].flatMap((step, index) =>
  Array.from({ length: 1 + index * 9 }, (_, count) => `${step}: write tb_x#${count + 1}`),
);
const stepsOf = (chosen: readonly string[]): ReadonlySet<string> =>
  new Set(chosen.map((point) => point.slice(0, point.indexOf(":"))));
const sample = (seed: string): readonly string[] => samplePoints(points, "api runner", { seed, all: false });

describe("the sample of crash points", () => {
  it("has a point of every step with ten points or more", () => {
    for (const seed of ["a", "b", "c", "d"]) expect(stepsOf(sample(seed))).toContain("-");
  });

  it("is small, the same for the same seed, and another one for another seed", () => {
    expect(sample("a").length).toBeLessThan(points.length / 5);
    expect(sample("a")).toEqual(sample("a"));
    expect(sample("a")).not.toEqual(sample("b"));
  });

  it("takes every point sooner or later", () => {
    const taken = new Set(Array.from({ length: 100 }, (_, seed) => sample(String(seed))).flat());
    expect(taken).toEqual(new Set(points));
  });

  it("is everything if everything is asked for", () => {
    expect(samplePoints(points, "api runner", { seed: "a", all: true })).toEqual(points);
  });

  it("knows the other points of a step, the next one first", () => {
    expect(substitutes(["a: x#1", "b: x#1", "b: y#1", "b: z#1"], "b: y#1")).toEqual(["b: z#1", "b: x#1"]);
  });
});

describe("a small sample out of groups", () => {
  const items = Array.from({ length: 30 }, (_, index) => `${index % 3} ${index}`);
  const of = (count: number, seed = "a"): readonly string[] => spread(items, count, seed, (item) => item[0] ?? "");

  it("takes every group before it takes one of them again", () => {
    expect(new Set(of(3).map((item) => item[0])).size).toBe(3);
    expect(of(6).filter((item) => item.startsWith("0"))).toHaveLength(2);
  });

  it("is the same for the same seed, takes others for another seed, and never one twice", () => {
    expect(of(3)).toEqual(of(3));
    expect(new Set(Array.from({ length: 200 }, (_, seed) => of(3, String(seed))).flat()).size).toBe(items.length);
    expect(new Set(of(99)).size).toBe(items.length);
  });
});
