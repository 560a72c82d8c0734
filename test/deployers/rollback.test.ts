import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Target } from "../../src/config/config.ts";
import { deployers } from "../../src/deployers/index.ts";
import { parse } from "../helpers/parse-fraises.ts";

/** The steps that a rollback of a finished deployment runs, in their order. */
function rollbackOf(target: Target): readonly string[] {
  const steps = deployers.find(({ type }) => type === target.type)?.steps(target, {}) ?? [];
  return steps
    .filter(({ undo }) => undo !== undefined)
    .map(({ name }) => name)
    .toReversed();
}

function targetOf(settings: string, type = "api"): Target {
  const text = `
git: { provider: github, github: { webhook_secret: s } }
fraises:
  shop:
    type: ${type}
    repository: acme/shop
    environments:
      production:
        branch: main
        app_path: /srv/shop
${settings.replaceAll(/^/gm, "        ")}
`;
  const [target] = parse(text).targets;
  if (target === undefined) throw new Error("the file has no target");
  return target;
}

const DATABASE = "database: { tool: sql, url: 'sqlite:/srv/shop.db', backup: { before_deploy: true } }";

describe("a rollback", () => {
  it.each([
    ["switches back and then starts the service", "systemd_service: shop", "api", ["switch-release", "keep-service"]],
    [
      "takes the migrations back before it starts the old code",
      `systemd_service: shop\nenvironment_file: /etc/shop\n${DATABASE}`,
      "api",
      ["switch-release", "write-environment-file", "migrate-database", "keep-service"],
    ],
    [
      "restores the backup in place of the migrations' ways back",
      `systemd_service: shop\nrollback: { restore_database: true }\n${DATABASE}`,
      "api",
      ["switch-release", "restore-database", "keep-service"],
    ],
    [
      "builds a checkout in place again before it starts the service",
      `systemd_service: shop\nlayout: in_place\nbuild: make\n${DATABASE}`,
      "api",
      ["migrate-database", "advance-checkout", "keep-build", "keep-service"],
    ],
    [
      "runs the script of the old revision before it starts the service",
      "systemd_service: shop",
      "script",
      ["switch-release", "keep-script", "keep-service"],
    ],
    [
      "takes groups back last first, and brings the old ones up in their order",
      `systemd_service: shop
groups:
  - { name: one, deploy_command: a, rollback_command: b, after_rollback: c }
  - { name: two, deploy_command: a, rollback_command: b, after_rollback: c }`,
      "groups",
      ["group:two", "group:one", "switch-release", "keep-group:one", "keep-group:two", "keep-service"],
    ],
  ])("%s", (_, settings, type, order) => {
    expect(rollbackOf(targetOf(settings, type))).toEqual(order);
  });

  it("finds in the journal what a runner of the version before began: the names of its steps are the same", () => {
    const file = join(import.meta.dirname, "../../fraises.yaml");
    const { targets } = parse(readFileSync(file, "utf8"));
    const names = new Set(targets.flatMap(rollbackOf).map((name) => name.replace(/:.*/, "")));
    expect([...names].toSorted()).toEqual([
      "advance-checkout",
      "bring-back-configuration",
      "enable-timer",
      "group",
      "install-units",
      "keep-build",
      "keep-group",
      "keep-script",
      "keep-service",
      "keep-timer",
      "migrate-database",
      "restore-database",
      "switch-release",
      "write-environment-file",
    ]);
  });
});
