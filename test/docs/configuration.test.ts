import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { exampleFor, examplesOf } from "../../scripts/configuration-examples.ts";
import { configurationKeys, isMapOnly, keyName } from "../../scripts/configuration-keys.ts";
import { families } from "../../src/compose/app.ts";
import { deployers } from "../../src/deployers/index.ts";

const keys = configurationKeys();

describe("docs/configuration.md", () => {
  it("can say what every key means", () => {
    const silent = keys.filter(({ schema }) => (schema.description ?? "") === "");
    expect(
      silent.map(({ path }) => keyName(path)),
      `These keys have no description. Write .describe("…") or .meta(means("…", "default")) behind each of them, where it is defined: ` +
        `in src/config/keys/schema.ts or the file it takes the key from (grep -rn "<key>:" src/config src/deployers src/service-managers src/databases src/checks), ` +
        `and behind .optional(), which is what the schema sees. Then: npm run docs`,
    ).toEqual([]);
  });

  it("can show an example of every key that is no map", () => {
    const examples = examplesOf(readFileSync(join(import.meta.dirname, "../../fraises.yaml"), "utf8"));
    const without = keys.filter((key) => !isMapOnly(key.schema) && exampleFor(key, examples) === undefined);
    expect(
      without.map(({ path }) => keyName(path)),
      'These keys have no example. Use each in the reference fraises.yaml (on one line, at most 60 characters), or write .meta({ examples: ["…"] }) behind it. Then: npm run docs',
    ).toEqual([]);
  });

  it("is about every key there is", () => {
    const paths = new Set(keys.map(({ path }) => path.join(".")));
    for (const path of [
      "store.url",
      "git.github.webhook_secret",
      "fraises.*.environments.*.service.unit",
      "branch_mapping.*.fraise",
    ])
      expect(paths).toContain(path);
    expect(keys.length).toBe(paths.size);
  });

  it("says of which kind a key is that others do not have", () => {
    const [first] = deployers;
    if (first === undefined) throw new Error("there is a deployer");
    const other = { ...first, type: "other", settings: () => ({ script_path: z.string().describe("A script") }) };
    const found = configurationKeys({ ...families, deployers: [first, other] });
    const byPath = new Map(found.map((key) => [key.path.join("."), key]));
    expect(byPath.get("fraises.*.environments.*.script_path")).toMatchObject({
      isRequired: true,
      only: ["type: other"],
    });
    expect(byPath.get("fraises.*.environments.*.app_path")?.only).toEqual([]);
    expect(byPath.get("fraises.*.environments.*.service.unit")?.only).toEqual(["manager: systemd"]);
    const byOwn = new Map(keys.map((key) => [key.path.join("."), key]));
    expect(byOwn.get("fraises.*.verify.checks.query")?.only).toEqual(["type: sql"]);
    expect(byOwn.get("fraises.*.verify.checks.url")).toMatchObject({ otherwise: "`type: sql`: required" });
    expect(byOwn.has("fraises.*.verify.query"), "the list form is the map's `checks`").toBe(false);
    const without = configurationKeys({ ...families, deployers: [first] });
    expect(found.length).toBe(without.length + 1);
  });
});
