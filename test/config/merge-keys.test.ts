import { describe, expect, it } from "vitest";
import { families } from "../../src/compose/app.ts";
import { addTarget, removeTarget, updateTarget } from "../../src/config/edit/edit-target.ts";
import type { TargetEdit } from "../../src/config/edit/edit-target.ts";
import { editText } from "../../src/config/edit/edit-text.ts";
import { parseConfig } from "../../src/config/load.ts";
import { complaints } from "../helpers/parse-fraises.ts";

const MERGED = `git: { git: { webhook_secret: a-secret-of-tests } }
fraises:
  api:
    type: api
    repository: acme/shop
    clone_url: /srv/shop.git
    environments:
      production: &base
        branch: main
        app_path: /srv/shop
        health_check: { url: "http://127.0.0.1:8000/health", timeout: 5s }
      staging:
        <<: *base
        branch: next
        app_path: /srv/next
`;

const edit = (set: Readonly<Record<string, string>>, unset: readonly string[] = []): TargetEdit => ({
  ofFraise: new Map(),
  set: new Map(Object.entries(set)),
  unset,
});

describe("merge keys (<<)", () => {
  it("give an environment what another one says, and its own keys win", () => {
    const { targets } = parseConfig(MERGED, "fraises.yaml", families, {});
    const [production, staging] = targets;
    expect(staging?.settings).toMatchObject({ app_path: "/srv/next", health_check: { timeout: 5_000 } });
    expect(staging?.subscription.branches).toEqual(["next"]);
    expect(production?.subscription.branches).toEqual(["main"]);
  });

  it("take a list of maps, of which the first one wins", () => {
    const text = MERGED.replace("<<: *base", "<<: [{ timeout: 7m }, *base, { timeout: 9m }]");
    expect(parseConfig(text, "fraises.yaml", families, {}).targets[1]?.settings).toMatchObject({
      timeout: 420_000,
      health_check: { timeout: 5_000 },
    });
  });

  it("lead to the place that is wrong, in the map that is merged", () => {
    const wrong = MERGED.replace("timeout: 5s", "timeout: soon");
    expect(complaints(wrong)).toEqual([
      expect.stringMatching(/^11:71: fraises\.api\.environments\.production\.health_check\.timeout: "soon"/),
      expect.stringMatching(/^11:71: fraises\.api\.environments\.staging\.health_check\.timeout: "soon"/),
    ]);
    expect(complaints(MERGED.replace("app_path: /srv/next", "app_pth: /srv/next"))[0]).toMatch(
      /^15:9: unknown key "app_pth".*did you mean "app_path"/,
    );
  });

  it("merge maps only, and say where they do not", () => {
    expect(complaints(MERGED.replace("<<: *base", "<<: production"))).toEqual([
      "13:13: << merges a map or a list of maps, and this is neither: write *NAME of an anchor &NAME",
    ]);
    expect(complaints(MERGED.replace("<<: *base", "<<: *nobody"))).toEqual([
      "13:13: the alias *nobody has no anchor above it",
    ]);
  });

  it("stay what they are when a target is edited, and a key of the target's own wins over them", () => {
    const edited = editText(MERGED, (document) => updateTarget(document, "api", "staging", edit({ timeout: "5m" })));
    expect(edited).toBe(`${MERGED}        timeout: 5m\n`);
    const added = editText(MERGED, (document) =>
      addTarget(document, "api", "test", edit({ branch: "test", app_path: "/srv/test" })),
    );
    expect(parseConfig(added, "fraises.yaml", families, {}).targets).toHaveLength(3);
    expect(editText(added, (document) => removeTarget(document, "api", "test"))).toBe(MERGED);
  });

  it("are not torn apart: a part of a merged map cannot be changed for one target alone", () => {
    const change = (keys: TargetEdit) => (): string =>
      editText(MERGED, (document) => updateTarget(document, "api", "staging", keys));
    expect(change(edit({ "health_check.timeout": "9s" }))).toThrow(
      "fraises.api.environments.staging.health_check comes from a merge (<<): a change of one part would replace the whole",
    );
    expect(change(edit({}, ["health_check"]))).toThrow("api/staging has no key health_check of its own");
    // For the others it stays the same.
    expect(() =>
      editText(MERGED, (document) => updateTarget(document, "api", "production", edit({ timeout: "5m" }))),
    ).toThrow("a change here would change that too");
  });
});
