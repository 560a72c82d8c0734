import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { pickBySeed } from "../crash/sample.ts";
import { commandService, freePort, WEB_SERVICE } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { stepMigration } from "../helpers/step-migrations.ts";
import { GROUPS } from "../helpers/component-groups.ts";

const LAYOUTS = ["releases", "in_place"] as const;
type Layout = (typeof LAYOUTS)[number];
type Type = "api" | "etl" | "script" | "groups" | "scheduled" | "backup";

/** One target of a campaign: a fraise of its own, on a branch of its own. */
export interface CampaignTarget {
  readonly name: string;
  readonly type: Type;
  readonly layout: Layout;
  /** The job's name for types that have jobs. */
  readonly job: string;
  /** The folder that holds `releases` and `current`, or the checkout. */
  readonly app: string;
  /** The database that its migrations are for. */
  readonly database: string | undefined;
  /** Lines of fraises.yaml, below the name of the fraise. */
  readonly yaml: string;
  /** Files of the repository for a version. */
  files(version: number): Readonly<Record<string, string>>;
  /** The version that the running service or the last script says; undefined for types that run nothing by themselves. */
  runs(): Promise<string | undefined>;
}

const PLAIN: readonly Type[] = ["api", "etl", "script", "groups"];
/** These have timers. */
const WITH_JOBS: readonly Type[] = ["scheduled", "backup"];
const JOB = "daily";
/** What these types write into the target's folder. */
const FILE_OF_LAST_RUN: Readonly<Partial<Record<Type, string>>> = { script: "deployed", groups: "live" };

export function typesOf(systemd: boolean): readonly string[] {
  return systemd ? [...PLAIN, ...WITH_JOBS] : PLAIN;
}

/** A target for each type of fraise, and for each layout of it if the campaign is a whole one; types with jobs only if there is a systemd. */
export async function campaignTargets(
  scenario: Scenario,
  { systemd, isWhole }: { readonly systemd: boolean; readonly isWhole: boolean },
): Promise<readonly CampaignTarget[]> {
  const types: readonly Type[] = systemd ? [...PLAIN, ...WITH_JOBS] : PLAIN;
  const targets: CampaignTarget[] = [];
  for (const type of types) {
    const layouts = isWhole ? LAYOUTS : [pickBySeed(LAYOUTS, `${type} ${systemd}`)];
    for (const layout of layouts) targets.push(await target(scenario, type, layout, systemd));
  }
  return targets;
}

async function target(scenario: Scenario, type: Type, layout: Layout, systemd: boolean): Promise<CampaignTarget> {
  const { folder } = scenario;
  const name = `${type}-${layout.replace("_", "-")}`;
  const app = join(folder, "srv", name);
  const job = WITH_JOBS.includes(type) ? JOB : "";
  const database = type === "api" ? join(folder, `${name}.db`) : undefined;
  const port = type === "api" ? await freePort() : 0;
  const own = { folder, name, app, layout, port, systemd, database };
  const keys: Readonly<Record<Type, () => string>> = {
    api: () => api(own),
    etl: () => "script_path: etl.sh\nrun_after_deploy: true",
    script: () => "",
    groups: () => GROUPS,
    scheduled: () => jobs(name),
    backup: () => jobs(name),
  };
  const lines = `branch: ${name}\napp_path: ${app}\nlayout: ${layout}\n${keys[type]()}`;
  mkdirSync(layout === "in_place" && job === "" ? join(folder, "srv") : app, { recursive: true });
  const file = FILE_OF_LAST_RUN[type];
  return {
    name,
    type,
    layout,
    job,
    app: job === "" ? app : join(app, job),
    database,
    yaml: `${name}:
  type: ${type}
  repository: acme/shop
  clone_url: ${scenario.bare}
  environments:
    production:
${lines.trimEnd().replaceAll(/^/gm, "      ")}
`,
    files: (version) => ({ VERSION: `${version}\n`, ...filesOf(type, version) }),
    async runs() {
      if (file !== undefined) return readFileSync(join(app, file), "utf8").trim();
      if (type !== "api") return undefined;
      const answer = await fetch(`http://127.0.0.1:${port}/`).then((response) => response.text(), String);
      return answer.replace(/^version /, "");
    },
  };
}

function filesOf(type: Type, version: number): Readonly<Record<string, string>> {
  if (type === "api") return { "service.js": WEB_SERVICE, ...stepMigration(version) };
  if (type === "etl") return { "etl.sh": `#!/bin/sh\ncat VERSION > "$FRAISIER_APP_PATH/ran"\n` };
  if (type === "script") return { "deploy.sh": `#!/bin/sh\ncat VERSION > "$FRAISIER_APP_PATH/deployed"\n` };
  return type === "groups" ? { "parts/one.txt": `${version}\n` } : {};
}

interface ApiParts {
  readonly folder: string;
  readonly name: string;
  readonly app: string;
  readonly layout: Layout;
  readonly port: number;
  readonly systemd: boolean;
  readonly database: string | undefined;
}

function api({ folder, name, app, layout, port, systemd, database }: ApiParts): string {
  const code = layout === "in_place" ? app : `${app}/current`;
  const run = `${process.execPath} ${code}/service.js ${port}`;
  return `service: ${systemd ? unitService(name, run) : plainService(folder, name, run)}
health_check: { url: "http://127.0.0.1:${port}/health", timeout: 20s, interval: 50ms, stable_for: 100ms }
database: { tool: sql, url: "sqlite:${database}", backup: { before_deploy: true, directory: ${folder}/backups-${name}, keep: 2 } }`;
}

function plainService(folder: string, name: string, run: string): string {
  const service = commandService(folder, `service-${name}`, run);
  onTestFinished(() => void execFileSync("/bin/sh", [join(folder, `service-${name}.sh`), "stop"]));
  return service;
}

function unitService(name: string, run: string): string {
  const unit = `campaign-${name}.service`;
  writeFileSync(`/run/systemd/system/${unit}`, `[Service]\nExecStart=${run}\n`);
  execFileSync("systemctl", ["daemon-reload"]);
  onTestFinished(() => {
    execFileSync("systemctl", ["stop", unit]);
    rmSync(`/run/systemd/system/${unit}`);
  });
  return `{ manager: systemd, unit: ${unit}, scope: system }`;
}

function jobs(name: string): string {
  const unit = `campaign-${name}`;
  onTestFinished(() => {
    const [timer, service] = ["timer", "service"].map((suffix) => join("/etc/systemd/system", `${unit}.${suffix}`));
    if (timer !== undefined && existsSync(timer))
      execFileSync("systemctl", ["disable", "--now", "--quiet", `${unit}.timer`]);
    for (const file of [timer, service]) if (file !== undefined) rmSync(file, { force: true });
  });
  return `jobs:\n  ${JOB}: { schedule: "*-*-* 04:00", command: cat VERSION, systemd_service: ${unit}.service }`;
}

/** The folder in which the code of a target lies now. */
export function codeOf({ layout, app }: CampaignTarget): string {
  return layout === "in_place" ? app : join(app, readlinkSync(join(app, "current")));
}
