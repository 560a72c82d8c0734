import { describe, expect, it } from "vitest";
import { namedTarget, namedTargetAndRest } from "../../src/actions/targets/named-target.ts";
import { targetWords } from "../../src/actions/targets/target-words.ts";
import { variableOwner } from "../../src/cli/variables/variable-owner.ts";
import { targetName } from "../../src/domain/fraise.ts";
import { UsageError } from "../../src/domain/errors.ts";
import { parse } from "../helpers/parse-fraises.ts";

const config = parse(`git: { github: { webhook_secret: "0123456789abcdef" } }
fraises:
  shop:
    type: api
    repository: acme/shop
    environments:
      production: { branch: main, app_path: /srv/shop }
      staging: { branch: next, app_path: /srv/shop-staging }
  blog:
    type: api
    repository: acme/blog
    environments:
      production: { branch: main, app_path: /srv/blog }
  reports:
    type: scheduled
    repository: acme/reports
    environments:
      production:
        branch: main
        app_path: /srv/reports
        jobs:
          daily: { command: ./daily, schedule: daily, systemd_service: daily.service, systemd_timer: daily.timer }
          weekly: { command: ./weekly, schedule: weekly, systemd_service: weekly.service, systemd_timer: weekly.timer }
`);

/** The name of the target that the words mean, or the message and hint of the refusal. */
function meant(...words: readonly string[]): string {
  return refusalOr(() => targetName(namedTarget(config, words, {})));
}

function refusalOr(act: () => string): string {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return `${error.message}. ${error.hint ?? ""}`;
  }
}

describe("the name of a target", () => {
  it.each([
    [["shop/production"], "shop/production"],
    [["shop", "production"], "shop/production"],
    [["blog"], "blog/production"],
    [["reports/production/daily"], "reports/production/daily"],
  ])("%j is understood", (words, name) => {
    expect(meant(...words)).toBe(name);
  });

  it("takes a job and an environment from their options, too", () => {
    expect(targetName(namedTarget(config, ["reports", "production"], { job: "weekly" }))).toBe(
      "reports/production/weekly",
    );
    expect(targetName(namedTarget(config, ["shop"], { environment: "staging" }))).toBe("shop/staging");
    expect(targetName(namedTarget(config, ["shop"], { target: "staging" }))).toBe("shop/staging");
  });

  it.each([
    [["shop"], "shop has several targets: which one?. shop/production, or shop/staging"],
    [["reports"], "reports has jobs: which one?. reports/production/daily, or reports/production/weekly"],
    [
      ["shop/prodction"],
      "fraises.yaml has no shop/prodction. Did you mean shop/production? It has shop/production, shop/staging.",
    ],
    [
      ["shp"],
      "fraises.yaml has no shp. Did you mean shop? It has shop/production, shop/staging, blog/production, reports/production/daily, reports/production/weekly.",
    ],
    [["reports/production/dayly"], "reports/production has no job dayly. Did you mean daily? It has daily, weekly."],
    [["shop/"], '"shop/" is no name of a target. A name is shop/production, or shop/production/job.'],
    [
      ["shop/production", "staging"],
      "the target is shop/production already: staging is one word too many. Name the environment once.",
    ],
  ])("%j is refused with the nearest one", (words, refusal) => {
    expect(meant(...words)).toBe(refusal);
  });

  it("is followed by more words, of which one is the environment only if the fraise has it", () => {
    const found = (...words: readonly string[]): string =>
      refusalOr(() => {
        const { target, rest } = namedTargetAndRest(config, words, { most: 1 });
        return [targetName(target), ...rest].join(" ");
      });
    expect(found("shop/production", "last")).toBe("shop/production last");
    expect(found("shop", "production", "last")).toBe("shop/production last");
    expect(found("shop", "production")).toBe("shop/production");
    expect(found("blog", "last")).toBe("blog/production last");
    expect(found("blog", "prodction", "last")).toMatch(/has no blog\/prodction\. Did you mean blog\/production\?/);
    expect(found("blog/production", "last", "more")).toMatch(/^there are too many words: more/);
  });

  it("stands for an environment if the variables of all its jobs are meant", () => {
    const owner = (...words: readonly string[]): unknown => variableOwner(config, words, { most: 2 });
    expect(owner("reports/production", "TOKEN", "x")).toEqual({
      owner: { fraise: "reports", environment: "production", job: "" },
      rest: ["TOKEN", "x"],
    });
    expect(owner("reports", "TOKEN")).toMatchObject({ owner: { environment: "production", job: "" }, rest: ["TOKEN"] });
    expect(owner("reports/production/daily", "TOKEN")).toMatchObject({ owner: { job: "daily" } });
    expect(() => owner("shop", "TOKEN")).toThrow("shop has several environments: which one?");
  });

  it("needs a fraise: a job or an environment alone names nothing", () => {
    expect(targetWords([], {})).toEqual({ named: undefined, rest: [] });
    expect(() => targetWords([], { job: "daily" })).toThrow("which fraise?");
  });
});
