import { describe, expect, it } from "vitest";
import { configuration } from "../../src/deployers/configuration.ts";
import { deployers } from "../../src/deployers/index.ts";
import type { DeploymentOptions } from "../../src/domain/deployment-options.ts";
import { parse } from "../helpers/parse-fraises.ts";

const SERVICE = `service: { manager: systemd, unit: shop }\nhealth_check: { url: "http://127.0.0.1:8000/" }`;
const DATABASE = `database: { tool: sql, url: "sqlite:/srv/shop.db", backup: { before_deploy: true } }`;
const GROUPS = `groups:
  - { name: web, order: 2, deploy_command: ./web, after_rollback: ./web-back }
  - { name: data, order: 1, deploy_command: ./data, after_rollback: ./data-back }`;
const EVERYTHING = `${SERVICE}
${DATABASE}
install: npm ci
build: npm run build
test: npm test
hooks: { before_deploy: ./before, after_deploy: ./after }
verify: [{ type: command, command: ./verify }]
environment_file: /srv/shop/env
requires: { environment: staging }
tag: { name: "live-{short}" }`;

/** The target shop/production of a type with these lines. It has a staging environment and another fraise that lends its code. */
function targetOf(type: string, lines: string) {
  const indented = (text: string, by: number): string => text.replaceAll(/^/gm, " ".repeat(by));
  const text = `git: { provider: github }
fraises:
  shop:
    type: ${type}
    repository: acme/shop
    clone_url: /srv/git/shop.git
    environments:
      production:
        branch: main
${indented(lines, 8)}
      staging:
        branch: next
${indented(lines.replaceAll("/srv/shop", "/srv/next").replaceAll(/^(requires|tag): .*/gm, ""), 8)}
  lender:
    type: etl
    repository: acme/shop
    clone_url: /srv/git/shop.git
    environments:
      production: { branch: main, app_path: /srv/lender, script_path: run.py }
      staging: { branch: next, app_path: /srv/lender-next, script_path: run.py }
`;
  const target = parse(text).targets.find(
    ({ fraise, environment }) => fraise === "shop" && environment === "production",
  );
  if (target === undefined) throw new Error("shop/production is not there");
  return target;
}

function stepsOf(type: string, lines: string, options: DeploymentOptions = {}) {
  return deployers.find((each) => each.type === type)?.steps(targetOf(type, lines), options) ?? [];
}

/** Only one target of its type is possible, and it has no app_path. */
function configurationTarget() {
  const fraise = "{ type: configuration, repository: acme/settings, environments: { production: { branch: main } } }";
  const [target] = parse(`git: { provider: github, github: {} }\nfraises: { settings: ${fraise} }`).targets;
  if (target === undefined) throw new Error("settings/production is not there");
  return target;
}

const BEGIN = "check-requirements fetch-source check-branch";

describe("the steps of a type, in their order", () => {
  it.each([
    ["api", SERVICE, "lay-out-release keep-service switch-release restart-service check-health prune-releases"],
    ["api", `${SERVICE}\nlayout: in_place`, "keep-service keep-build advance-checkout restart-service check-health"],
    [
      "api",
      EVERYTHING,
      "check-promotion backup-database lay-out-release install build test before_deploy check-migrations keep-service migrate-database write-environment-file switch-release restart-service check-health verify-release after_deploy prune-releases tag-revision",
    ],
    [
      "api",
      `${EVERYTHING}\nlayout: in_place`,
      "check-promotion backup-database keep-service keep-build advance-checkout install build test before_deploy check-migrations migrate-database write-environment-file restart-service check-health verify-release after_deploy tag-revision",
    ],
    [
      "api",
      `${SERVICE}\n${DATABASE}\nrollback: { restore_database: true }`,
      "backup-database lay-out-release check-migrations keep-service restore-database migrate-database switch-release restart-service check-health prune-releases",
    ],
    ["etl", "script_path: run.py", "check-script lay-out-release check-syntax switch-release prune-releases"],
    ["etl", "script_path: run.py\nsyntax_check: false", "check-script lay-out-release switch-release prune-releases"],
    [
      "etl",
      "script_path: run.py\nrun_after_deploy: true",
      "check-script lay-out-release check-syntax switch-release run-script prune-releases",
    ],
    [
      "script",
      SERVICE,
      "check-script lay-out-release keep-service keep-script switch-release run-script restart-service check-health prune-releases",
    ],
    [
      "groups",
      GROUPS,
      "check-groups lay-out-release keep-group:web keep-group:data switch-release group:data group:web prune-releases",
    ],
    [
      "scheduled",
      "jobs: { nightly: { command: ./nightly, schedule: daily } }",
      "check-needed lay-out-release check-units keep-timer switch-release install-units reload-units enable-timer check-timer prune-releases",
    ],
  ])("%s with %j", (type, lines, expected) => {
    const names = stepsOf(type, `app_path: /srv/shop\n${lines}`).map(({ name }) => name);
    expect(names.join(" ")).toBe(`${BEGIN} ${expected}`);
  });

  it("lay out no release for code that another fraise lends", () => {
    const names = stepsOf("etl", "code_from: lender\nscript_path: run.py\nrun_after_deploy: true").map(
      ({ name }) => name,
    );
    expect(names.join(" ")).toBe(`${BEGIN} check-code check-script check-syntax run-script`);
  });

  it("leave out the groups and checks that a person leaves out, and report at the end what failed if failures do not stop it", () => {
    const names = (options: DeploymentOptions): string =>
      stepsOf("groups", `app_path: /srv/shop\n${GROUPS}`, options)
        .map(({ name }) => name)
        .filter((name) => name.includes("group"))
        .join(" ");
    expect(names({ groups: ["web"] })).toBe("check-groups keep-group:web group:web");
    expect(names({ skip_groups: ["web"], continue_on_failure: true })).toBe(
      "check-groups keep-group:data group:data report-groups",
    );
    const script = stepsOf("etl", "app_path: /srv/shop\nscript_path: run.py", { skip_validation: true });
    expect(script.map(({ name }) => name)).not.toContain("check-syntax");
  });

  it("take migrations back by their own ways only if no backup is restored", () => {
    const undo = (lines: string): boolean =>
      stepsOf("api", `app_path: /srv/shop\n${SERVICE}\n${DATABASE}\n${lines}`).some(
        (step) => step.name === "migrate-database" && step.undo !== undefined,
      );
    expect(undo("")).toBe(true);
    expect(undo("rollback: { restore_database: true }")).toBe(false);
  });

  it.each(deployers.map((each) => [each.type]))(
    "of %s have names of their own, so that each has its place in the journal",
    (type) => {
      const lines: Readonly<Record<string, string>> = {
        api: EVERYTHING,
        etl: "script_path: run.py\nrun_after_deploy: true",
        script: SERVICE,
        groups: GROUPS,
        scheduled: "jobs: { nightly: { command: ./nightly, schedule: daily } }",
        backup: "jobs: { nightly: { command: ./nightly, schedule: daily } }",
      };
      const steps =
        type === "configuration"
          ? configuration.steps(configurationTarget(), {})
          : stepsOf(type, `app_path: /srv/shop\n${lines[type] ?? ""}`);
      const names = steps.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(names.length).toBeGreaterThan(5);
    },
  );
});
