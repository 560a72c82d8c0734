import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { polkitRule } from "../../src/service-managers/polkit-rule.ts";
import { privilegesOf } from "../../src/service-managers/privileges.ts";

const JOB = {
  service: "daily.service",
  timer: "daily.timer",
  scope: "system",
  unit_directory: undefined,
  unit_files: undefined,
  calendar: [],
  command: undefined,
  user: undefined,
  description: "",
  after: [],
  timeout: undefined,
  environment_file: undefined,
  persistent: false,
} as const;

/** Asks a rule as polkitd does: whether this user may do this with this unit. */
function asks(rule: string): (user: string, verb: string, unit: string, action?: string) => boolean {
  let decide: ((action: unknown, subject: unknown) => unknown) | undefined;
  const polkit = {
    Result: { YES: "yes", NOT_HANDLED: null },
    addRule: (rule: typeof decide) => {
      decide = rule;
    },
  };
  runInNewContext(rule, { polkit });
  return (user, verb, unit, action = "manage-units") =>
    decide?.({ id: `org.freedesktop.systemd1.${action}`, lookup: (key: string) => ({ verb, unit })[key] }, { user }) ===
    "yes";
}

describe("the polkit rule of the targets", () => {
  it("allows exactly the verbs that fraisier uses with exactly the units that are named", () => {
    const units = privilegesOf([
      { service: { manager: "systemd", unit: "shop-api" } },
      { service: { manager: "systemd", unit: "mine.service", scope: "user" } },
      { service: { manager: "command", restart: "true" } },
      { service: undefined, job: JOB },
      { service: undefined, job: { ...JOB, timer: "written.timer", calendar: ["daily"] } },
    ]);
    expect(units.map(({ unit }) => unit)).toEqual(["daily.service", "daily.timer", "shop-api.service"]);
    const mayDo = asks(polkitRule("fraisier", units));
    expect(mayDo("fraisier", "restart", "shop-api.service")).toBe(true);
    expect(mayDo("fraisier", "stop", "shop-api.service")).toBe(true);
    expect(mayDo("fraisier", "reset-failed", "daily.service")).toBe(true);
    expect(mayDo("fraisier", "restart", "daily.timer")).toBe(true);
    for (const [user, verb, unit, action] of [
      ["mallory", "restart", "shop-api.service", undefined],
      ["fraisier", "kill", "shop-api.service", undefined],
      ["fraisier", "restart", "daily.service", undefined],
      ["fraisier", "restart", "sshd.service", undefined],
      ["fraisier", "restart", "mine.service", undefined],
      ["fraisier", "restart", "constructor", undefined],
      ["fraisier", "restart", "shop-api.service", "manage-unit-files"],
    ] as const) {
      expect(mayDo(user, verb, unit, action), `${user} ${verb} ${unit}`).toBe(false);
    }
  });

  it("writes names with backslashes and refuses what is no name: the rule is a program that polkitd runs", () => {
    const mayDo = asks(polkitRule("deploy", [{ unit: String.raw`a\x2db@1.service`, verbs: ["restart"] }]));
    expect(mayDo("deploy", "restart", String.raw`a\x2db@1.service`)).toBe(true);
    for (const unit of ['a"];evil();["b.service', "a.service\n", "../a.service", "-a.service", "a", "*.service", ""]) {
      expect(() => polkitRule("deploy", [{ unit, verbs: ["restart"] }]), unit).toThrow(/no name of a unit/);
    }
    expect(() => polkitRule('x" || true || "', [])).toThrow(/no name of a user/);
  });
});

describe("the packaged polkit rule", () => {
  const mayDo = asks(readFileSync(join(import.meta.dirname, "../../systemd/fraisier.rules"), "utf8"));

  it("lets the user fraisier start and stop its deployments, and nothing else", () => {
    expect(mayDo("fraisier", "start", "fraisier-deploy@1m7y8r661e0h4.service")).toBe(true);
    expect(mayDo("fraisier", "stop", "fraisier-deploy@1m7y8r661e0h4.service")).toBe(true);
    expect(mayDo("mallory", "stop", "fraisier-deploy@1m7y8r661e0h4.service")).toBe(false);
    expect(mayDo("fraisier", "kill", "fraisier-deploy@1m7y8r661e0h4.service")).toBe(false);
    expect(mayDo("fraisier", "start", "fraisier-deploy@../../etc.service")).toBe(false);
    expect(mayDo("fraisier", "restart", "shop-api.service")).toBe(false);
  });
});
