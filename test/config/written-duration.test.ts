import { describe, expect, it } from "vitest";
import { DURATION_KEYS, writtenDuration } from "../../src/config/keys/written-duration.ts";
import { configJsonSchema } from "../../src/config/keys/json-schema.ts";
import { families } from "../../src/compose/app.ts";

/** The names of all keys of the schema, each with whether its value is a duration. */
function namesIn(schema: unknown, found = new Map<string, Set<boolean>>()): ReadonlyMap<string, ReadonlySet<boolean>> {
  if (typeof schema !== "object" || schema === null) return found;
  for (const [word, value] of Object.entries(schema)) {
    if (word === "properties")
      for (const [name, each] of Object.entries(value as Readonly<Record<string, { readonly title?: string }>>))
        found.set(name, (found.get(name) ?? new Set()).add(each.title === "duration"));
    namesIn(value, found);
  }
  return found;
}

describe("a duration", () => {
  it("is known by the name of its key, which stands for no other kind of value", () => {
    const names = namesIn(configJsonSchema(families));
    expect(names.size).toBeGreaterThan(100);
    const durations = [...names].filter(([, kinds]) => kinds.has(true)).map(([name]) => name);
    expect(durations.toSorted()).toEqual([...DURATION_KEYS].toSorted());
    expect(durations.filter((name) => names.get(name)?.has(false))).toEqual([]);
  });

  it("is shown as people write it, without a loss", () => {
    expect([0, 500, 1500, 30_000, 90_000, 120_000, 5_400_000, 86_400_000].map(writtenDuration)).toEqual([
      "0ms",
      "500ms",
      "1500ms",
      "30s",
      "90s",
      "2m",
      "90m",
      "1d",
    ]);
  });
});
