import { readFileSync } from "node:fs";
import { join } from "node:path";
import { structuredPatch } from "diff";
import { describe, expect, it } from "vitest";
import { families } from "../../src/compose/app.ts";
import { addTarget, removeTarget, updateTarget } from "../../src/config/edit/edit-target.ts";
import type { TargetEdit } from "../../src/config/edit/edit-target.ts";
import { editText } from "../../src/config/edit/edit-text.ts";
import { parseConfig } from "../../src/config/load.ts";

const REFERENCE = readFileSync(join(import.meta.dirname, "../../fraises.yaml"), "utf8");

function edit(
  set: Record<string, string>,
  unset: readonly string[] = [],
  ofFraise: Record<string, string> = {},
): TargetEdit {
  return { set: new Map(Object.entries(set)), unset, ofFraise: new Map(Object.entries(ofFraise)) };
}

/** The lines that differ, with their sign. */
function changed(before: string, after: string): readonly string[] {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: 0 });
  return hunks.flatMap(({ lines }) => lines.filter((line) => !line.startsWith("\\")));
}

const update = (text: string, ...args: Parameters<typeof edit>): string =>
  editText(text, (document) => updateTarget(document, "api", "production", edit(...args)));

describe("editing fraises.yaml", () => {
  it("changes only the lines that are meant, in a file full of comments", () => {
    expect(changed(REFERENCE, update(REFERENCE, { keep_releases: "3", "health_check.timeout": "1m" }))).toEqual([
      "-        keep_releases: 10",
      "+        keep_releases: 3",
      "-          timeout: 30s # until it must be healthy",
      "+          timeout: 1m # until it must be healthy",
    ]);
    expect(changed(REFERENCE, update(REFERENCE, {}, ["min_free_space", "health_check.expect_body"]))).toEqual([
      "-        min_free_space: 1GiB # checked before anything starts",
      "-          expect_body: ok",
    ]);
    expect(changed(REFERENCE, update(REFERENCE, { tags: '["v*", "w*"]', "rollback.automatic": "false" }))).toEqual([
      '-        tags: ["v*"]',
      '+        tags: [ "v*", "w*" ]',
      "-          automatic: true",
      "+          automatic: false",
    ]);
  });

  it("adds an environment, and a fraise, and removes them again without a trace", () => {
    const added = editText(REFERENCE, (document) =>
      addTarget(document, "api", "staging", edit({ branch: "next", app_path: "/srv/next" })),
    );
    expect(changed(REFERENCE, added)).toEqual([
      "+      staging:",
      "+        branch: next",
      "+        app_path: /srv/next",
    ]);
    const more = editText(added, (document) =>
      addTarget(
        document,
        "journal",
        "production",
        edit({ branch: "main", app_path: "/srv/journal" }, [], { type: "api", repository: "acme/journal" }),
      ),
    );
    const targets = (text: string): number => parseConfig(text, "fraises.yaml", families, {}).targets.length;
    expect(targets(more)).toBe(targets(REFERENCE) + 2);
    expect(changed(added, more)).toHaveLength(8);
    const back = editText(
      editText(more, (document) => removeTarget(document, "journal", "production")),
      (document) => removeTarget(document, "api", "staging"),
    );
    expect(back).toBe(REFERENCE);
    const first = editText(REFERENCE, (document) => removeTarget(document, "api", "development"));
    expect(changed(REFERENCE, first).every((line) => line.startsWith("-"))).toBe(true);
  });

  it("keeps tags, quotes, line ends, and what has no format at all", () => {
    const odd =
      "# top\r\nfraises:   {api:  {type: api,repository: 'a/b', environments: {production: {branch: main, app_path: /x}}}}\r\n# end\r\n";
    const next = update(odd, { layout: "in_place" });
    expect(next).toContain("# top\r\n");
    expect(next).toContain("'a/b'");
    expect(next).toContain("layout: in_place");
    expect(next.endsWith("# end\r\n")).toBe(true);
    expect(next.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    const secret = update(REFERENCE, {}, [], { clone_url: "!envvar CLONE_URL" });
    expect(changed(REFERENCE, secret)).toEqual([
      "-    clone_url: git@github.com:acme/shop.git # default: <forge>/<repository>.git",
      "+    clone_url: !envvar CLONE_URL # default: <forge>/<repository>.git",
    ]);
    expect(changed(secret, update(secret, {}, [], { clone_url: "git@github.com:acme/shop.git" }))).toHaveLength(2);
  });

  it("takes values as they are typed", () => {
    const { settings } =
      parseConfig(
        update(REFERENCE, { build: "echo a: b # c", keep_releases: "7", shared: "[a, b]", user: "no" }),
        "fraises.yaml",
        families,
        {},
      ).targets.find(({ environment, fraise }) => fraise === "api" && environment === "production") ?? {};
    expect(settings).toMatchObject({
      build: { command: "echo a: b # c" },
      keep_releases: 7,
      shared: ["a", "b"],
      user: "no",
    });
  });

  it("keeps the end of each line, and all digits of a number", () => {
    const mixed = REFERENCE.replace("\n", "\r\n");
    const next = update(mixed, { keep_releases: "3" });
    expect(changed(mixed, next)).toEqual(["-        keep_releases: 10", "+        keep_releases: 3"]);
    expect(next.split("\r\n")).toHaveLength(2);
    expect(update(REFERENCE, { some: "12345678901234567890" })).toContain("some: 12345678901234567890\n");
    const first = update(mixed.replaceAll(/\r?\n/g, "\r\n"), { some: "x", more: "y" });
    expect(first.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });

  it("leaves the numbers beside it as they are written, and writes the new one as it is given", () => {
    const text = `fraises:
  api:
    environments:
      production:
        timeout: 0x1F # hex
        big: 12345678901234567890
        tiny: 1.0000000000000000001
        mask: 0o17
        many:   [0xFf, +1e3]
`;
    for (const [timeout, written] of [
      ["60", "60"],
      ["soon", "soon"],
      ["12345678901234567890", "12345678901234567890"],
      ["1.50", "1.50"],
    ] as const)
      expect(update(text, { timeout })).toBe(text.replace("0x1F", written));
  });

  it.each([
    ["a key within a value", { "layout.x": "1" }, [], "fraises.api.environments.production.layout is a single value"],
    ["a key that is not there", {}, ["timeoutt"], "has no key timeoutt of its own"],
    ["no key at all", { "a..b": "1" }, [], '"a..b" is no key'],
  ])("refuses %s", (_, set, unset, message) => {
    expect(() => update(REFERENCE, set, unset)).toThrow(message);
  });

  it("refuses to take an anchor away that is used elsewhere", () => {
    const text =
      "fraises:\n  api:\n    environments:\n      production:\n        script: &s job.sh\n      staging:\n        script: *s\n";
    expect(() => editText(text, (document) => removeTarget(document, "api", "production"))).toThrow(
      "this would take away &s, which *s in line 7 stands for",
    );
    expect(() => update(text, {}, ["script"])).toThrow("this would take away &s");
    expect(editText(text, (document) => removeTarget(document, "api", "staging"))).not.toContain("*s");
  });

  it("refuses what an anchor would carry to others, and names both places", () => {
    const text =
      "fraises:\n  api:\n    environments:\n      production: &p\n        branch: &b main\n        health_check: &hc { timeout: 30s }\n        tags: &own [a]\n" +
      "      staging:\n        branch: main\n        health_check: *hc\n      third: *p\n      fourth: { branches: [x, *b] }\n";
    const lone = text.replace("      third: *p\n", "");
    const at = "fraises.api.environments";
    expect(() => update(lone, { "health_check.timeout": "90s" })).toThrow(
      `${at}.production.health_check (&hc) is what ${at}.staging.health_check (*hc) stands for`,
    );
    expect(() => update(lone, {}, ["health_check.timeout"])).toThrow("(&hc) is what");
    expect(() => update(lone, { branch: "next" })).toThrow(
      `${at}.production.branch (&b) is what ${at}.fourth.branches.1 (*b) stands for`,
    );
    for (const [set, unset] of [
      [{ tags: "[b]" }, []],
      [{}, ["tags"]],
    ] as const) {
      expect(() => update(text, set, unset)).toThrow(`${at}.production (&p) is what ${at}.third (*p) stands for`);
      expect(update(lone, set, unset)).not.toContain("tags: &own [ a ]");
    }
    const shared = lone.replace("environments:", "environments: &e") + "  web:\n    environments: *e\n";
    expect(() => editText(shared, (document) => removeTarget(document, "api", "fourth"))).toThrow("(&e) is what");
    expect(() => editText(shared, (document) => addTarget(document, "api", "fifth", edit({ branch: "x" })))).toThrow(
      `${at} (&e) is what fraises.web.environments (*e) stands for`,
    );
    // The alias may go its own way.
    const own = editText(lone, (document) =>
      updateTarget(document, "api", "staging", edit({ health_check: "{ url: x }" })),
    );
    expect(own).toContain("health_check: &hc { timeout: 30s }");
  });

  it("refuses what an alias would carry to others", () => {
    const text = "fraises:\n  api:\n    environments:\n      a: &x { branch: main }\n      production: *x\n";
    expect(() => update(text, { branch: "next" })).toThrow("is an alias (*x)");
    expect(() => editText(REFERENCE, (document) => addTarget(document, "api", "production", edit({})))).toThrow(
      "already",
    );
    expect(() => editText(REFERENCE, (document) => removeTarget(document, "api", "prod"))).toThrow(
      "is not in the file",
    );
  });
});
