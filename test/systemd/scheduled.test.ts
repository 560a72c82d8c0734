import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { DeploymentRow, Scenario } from "../helpers/scenario.ts";
import { writeJobs } from "../helpers/write-jobs.ts";

const UNITS = "/etc/systemd/system";
const REPORT = '#!/bin/sh\necho "$(cat VERSION) $*" > "$OUT"\n';

const run = async (program: string, ...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(program, args)).stdout.trim();
const shown = async (unit: string, property: string, ...scope: readonly string[]): Promise<string> =>
  await run("systemctl", ...scope, "show", "--value", "--property", property, unit);
const isEnabled = async (unit: string): Promise<string> =>
  await run("systemctl", "is-enabled", unit).catch(() => "not enabled");

/** A scheduled fraise whose jobs are these lines of YAML, and `more` beside them. */
async function withJobs(jobs: string, more = ""): Promise<Scenario> {
  const scenario = await createScenario({ unit: { name: "unused.service", scope: "system" } });
  setJobs(scenario, jobs, more);
  onTestFinished(async () => {
    for (const unit of ["shop-daily", "shop-weekly"]) {
      await run("systemctl", "disable", "--now", `${unit}.timer`).catch(String);
      for (const suffix of ["service", "timer"]) rmSync(join(UNITS, `${unit}.${suffix}`), { force: true });
    }
    await run("systemctl", "daemon-reload");
  });
  await scenario.start();
  return scenario;
}

function setJobs(scenario: Scenario, jobs: string, more = ""): void {
  writeFileSync(join(scenario.folder, "job.env"), `OUT=${scenario.folder}/out\n`);
  const listed = jobs.replaceAll("ENV", `environment_file: ${scenario.folder}/job.env`).replaceAll(/^/gm, "  ");
  writeJobs(scenario, `${more}\njobs:\n${listed}`);
}

async function ended(
  scenario: Scenario,
  revision: string,
  job = "daily",
  ...statuses: string[]
): Promise<DeploymentRow> {
  let row: DeploymentRow | undefined;
  await until(
    `${job} at ${revision.slice(0, 7)} to end`,
    async () => {
      const found = (await scenario.store.deployments.history({ limit: 50 })).find(
        (each) => each.revision === revision && each.job === job,
      );
      row = found === undefined ? undefined : (await scenario.store.deployments.detail(found.id))?.deployment;
      return row !== undefined && (statuses.length > 0 ? statuses.includes(row.status) : row.finishedAt !== undefined);
    },
    async () => `${JSON.stringify(await scenario.store.deployments.history({ limit: 3 }))}\n${scenario.daemonLog()}`,
  );
  if (row === undefined) throw new Error("ended without a row");
  return row;
}

async function commit(
  scenario: Scenario,
  version: string,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  await scenario.commit(version, { "bin/report": REPORT, ...files });
  await scenario.git("update-index", "--chmod=+x", "bin/report");
  await scenario.git("commit", "--quiet", "--amend", "--no-edit");
  return (await scenario.git("rev-parse", "HEAD")).trim();
}

async function deploy(...what: Parameters<typeof commit>): Promise<DeploymentRow> {
  const revision = await commit(...what);
  await what[0].push();
  return await ended(what[0], revision);
}

async function logOf(scenario: Scenario, { id }: DeploymentRow): Promise<string> {
  return (await scenario.store.deployments.output(id, 0, 1000)).map(({ line }) => line).join("\n");
}

/** Deploys with a systemctl (the real one) that takes long over a verb, and kills the runner meanwhile. */
async function killedWhile(scenario: Scenario, step: string, verb: string, prepare: () => Promise<string>) {
  await scenario.stop();
  const bin = join(scenario.folder, "bin");
  const slow = join(scenario.folder, "slow");
  const real = await run("/bin/sh", "-c", "command -v systemctl");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "systemctl"),
    `#!/bin/sh\ncase "$*" in *" ${verb}"*) if [ -e ${slow} ]; then touch ${slow}.begun; sleep 20; fi;; esac\nexec ${real} "$@"\n`,
    { mode: 0o755 },
  );
  await scenario.with({ PATH: `${bin}:${process.env["PATH"] ?? ""}` }).start();
  const before = await prepare();
  writeFileSync(slow, "");
  const revision = await commit(scenario, "slow");
  await scenario.push();
  const { id } = await ended(scenario, revision, "daily", "running");
  await until(step, async () => {
    const detail = await scenario.store.deployments.detail(id);
    return (
      existsSync(`${slow}.begun`) &&
      detail?.steps.some((each) => each.step === step && each.status === "started") === true
    );
  });
  expect(existsSync(join(UNITS, "shop-daily.timer"))).toBe(true);
  rmSync(slow);
  const row = (await scenario.store.deployments.detail(id))?.deployment;
  process.kill((JSON.parse(row?.runnerIdentity ?? "{}") as { pid: number }).pid, "SIGKILL");
  return { id, revision, before };
}

const DAILY =
  "daily: { systemd_service: shop-daily, schedule: '0 2 * * *', command: [bin/report, --day, '100%'], ENV }";

describe("scheduled jobs under a real systemd", () => {
  it("are deployed by a push: units written, timers on, the next run shown, the job runs the release's code", async () => {
    const scenario = await withJobs(
      `${DAILY}\nweekly: { systemd_service: shop-weekly, schedule: ["Mon *-*-* 08:00", "@monthly"], command: ./bin/report --week, depends_on: daily, ENV }`,
    );
    const row = await deploy(scenario, "1");
    expect(row, await logOf(scenario, row)).toMatchObject({ status: "succeeded", job: "daily" });
    expect(await ended(scenario, row.revision, "weekly")).toMatchObject({ status: "succeeded" });
    for (const timer of ["shop-daily.timer", "shop-weekly.timer"]) {
      expect(await shown(timer, "ActiveState")).toBe("active");
      expect(await shown(timer, "SubState")).toBe("waiting");
      expect(await isEnabled(timer)).toBe("enabled");
    }
    expect(await logOf(scenario, row)).toMatch(/next run at \d{4}-\d\d-\d\dT02:00:00.000Z/);

    await run("systemctl", "start", "shop-daily.service");
    expect(readFileSync(join(scenario.folder, "out"), "utf8")).toBe("1 --day 100%\n");
    await run("systemctl", "start", "shop-weekly.service");
    expect(readFileSync(join(scenario.folder, "out"), "utf8")).toBe("1 --week\n");

    const status = JSON.parse((await scenario.fraisier("status", "--json")).stdout) as {
      targets: { target: string; next_run: string; timer: string }[];
    };
    expect(status.targets.map(({ target }) => target)).toEqual(["shop/production/daily", "shop/production/weekly"]);
    expect(status.targets[0]).toMatchObject({
      next_run: expect.stringMatching(/T02:00:00.000Z$/),
      timer: "active (waiting)",
    });
    expect((await scenario.fraisier("status")).stdout).toMatch(/NEXT RUN/);

    // The weekly job does not run on top of a daily one that failed.
    writeFileSync(join(scenario.folder, "job.env"), "OUT=/nowhere/out\n");
    await run("systemctl", "start", "shop-daily.service").catch(String);
    expect(await shown("shop-daily.service", "ActiveState")).toBe("failed");
    // A job that fails must not look well in status.
    expect(JSON.parse((await scenario.fraisier("status", "--json")).stdout)).toMatchObject({
      targets: [
        {
          last_run: {
            result: "exit-code",
            exit_code: Number(await shown("shop-daily.service", "ExecMainStatus")),
            at: expect.stringMatching(/^\d{4}-.*Z$/),
          },
        },
        { last_run: { result: "success", exit_code: 0 } },
      ],
    });
    expect((await scenario.fraisier("status")).stdout).toMatch(
      /daily: the job's last run failed at .*: exit-code, \d+/,
    );
    writeFileSync(join(scenario.folder, "job.env"), `OUT=${scenario.folder}/out2\n`);
    await run("systemctl", "start", "shop-weekly.service");
    expect(existsSync(join(scenario.folder, "out2"))).toBe(false);
    expect(await shown("shop-weekly.service", "Result")).toBe("exec-condition");
  });

  it("says that nothing is to be done when neither code nor units changed, and mends a timer that is off", async () => {
    const scenario = await withJobs(DAILY);
    expect(await deploy(scenario, "1")).toMatchObject({ status: "succeeded" });
    await scenario.git("commit", "--quiet", "--allow-empty", "--message", "empty");
    const empty = (await scenario.git("rev-parse", "HEAD")).trim();
    await scenario.push();
    expect(await ended(scenario, empty)).toMatchObject({
      status: "skipped",
      reason: expect.stringMatching(
        /^no file differs between .* shop-daily.service and shop-daily.timer are as they should be$/,
      ),
    });
    await run("systemctl", "disable", "--now", "shop-daily.timer");
    await scenario.git("commit", "--quiet", "--allow-empty", "--message", "empty again");
    const again = (await scenario.git("rev-parse", "HEAD")).trim();
    await scenario.push();
    expect(await ended(scenario, again)).toMatchObject({ status: "succeeded" });
    expect(await isEnabled("shop-daily.timer")).toBe("enabled");
    expect(await shown("shop-daily.timer", "ActiveState")).toBe("active");
  });

  it("refuses a bad unit of the repository before anything is touched", async () => {
    const scenario = await withJobs("daily: { systemd_service: shop-daily }", "unit_files: units");
    const service = (line: string): string =>
      `[Service]\nType=oneshot\nExecStart=${scenario.app}/daily/current/bin/report\n${line}`;
    const units = {
      "units/shop-daily.service": service(""),
      "units/shop-daily.timer": "[Timer]\nOnCalendar=03:00\n[Install]\nWantedBy=timers.target\n",
    };
    const good = await deploy(scenario, "1", units);
    expect(good, await logOf(scenario, good)).toMatchObject({ status: "succeeded" });
    const installed = readFileSync(join(UNITS, "shop-daily.service"), "utf8");
    expect(installed).toBe(units["units/shop-daily.service"]);

    const typo = await deploy(scenario, "2", { ...units, "units/shop-daily.service": service("ExceStop=/bin/true\n") });
    expect(typo).toMatchObject({ status: "failed", reason: expect.stringContaining("Unknown key 'ExceStop'") });
    const time = await deploy(scenario, "3", { ...units, "units/shop-daily.timer": "[Timer]\nOnCalendar=25:00\n" });
    expect(time).toMatchObject({ status: "failed", reason: expect.stringContaining("calendar") });
    const gone = await deploy(scenario, "4", {
      ...units,
      "units/shop-daily.service": service("").replace("bin/report", "bin/nothing"),
    });
    expect(gone).toMatchObject({ status: "failed", reason: expect.stringContaining("bin/nothing is not executable") });
    expect(readFileSync(join(UNITS, "shop-daily.service"), "utf8")).toBe(installed);
    expect(readFileSync(join(scenario.app, "daily/current/VERSION"), "utf8")).toBe("1\n");
    expect(await shown("shop-daily.timer", "SubState")).toBe("waiting");
  });

  it("takes a first deployment back to nothing, and a later one to the units that were, as they were", async () => {
    const scenario = await withJobs(
      DAILY,
      "hooks: { after_deploy: { commands: '! grep -q broken VERSION', on_error: fail } }",
    );
    expect(await deploy(scenario, "1 broken")).toMatchObject({ status: "rolled_back" });
    expect(existsSync(join(UNITS, "shop-daily.service"))).toBe(false);
    expect(existsSync(join(UNITS, "shop-daily.timer"))).toBe(false);
    expect(existsSync(join(UNITS, "timers.target.wants/shop-daily.timer"))).toBe(false);
    expect(await shown("shop-daily.timer", "LoadState")).toBe("not-found");

    // What an operator had there before, readable for root alone.
    const own = "[Service]\nType=oneshot\nExecStart=/bin/true\nEnvironment=TOKEN=x\n";
    writeFileSync(join(UNITS, "shop-daily.service"), own, { mode: 0o600 });
    writeFileSync(join(UNITS, "shop-daily.timer"), "[Timer]\nOnCalendar=05:00\n[Install]\nWantedBy=timers.target\n");
    await run("systemctl", "daemon-reload");
    await run("systemctl", "enable", "--now", "shop-daily.timer");
    const bad = await deploy(scenario, "2 broken");
    expect(bad, await logOf(scenario, bad)).toMatchObject({ status: "rolled_back" });
    expect(readFileSync(join(UNITS, "shop-daily.service"), "utf8")).toBe(own);
    expect(statSync(join(UNITS, "shop-daily.service")).mode & 0o777).toBe(0o600);
    expect(await shown("shop-daily.timer", "SubState")).toBe("waiting");
    expect(await shown("shop-daily.timer", "NextElapseUSecRealtime")).toContain("05:00:00");
    expect(await shown("shop-daily.service", "NeedDaemonReload")).toBe("no");
    expect(await isEnabled("shop-daily.timer")).toBe("enabled");
    const detail = await scenario.store.deployments.detail(bad.id);
    expect(JSON.stringify(detail)).not.toContain("TOKEN=x");
  });

  it("takes back what a runner left half done that was killed between the unit files and the timer", async () => {
    const scenario = await withJobs(DAILY);
    const { id, revision, before } = await killedWhile(scenario, "reload-units", "daemon-reload", async () => {
      expect(await deploy(scenario, "1")).toMatchObject({ status: "succeeded" });
      const file = readFileSync(join(UNITS, "shop-daily.timer"), "utf8");
      setJobs(scenario, DAILY.replace("0 2 * * *", "30 4 * * *"));
      return file;
    });
    expect(await ended(scenario, revision)).toMatchObject({
      id,
      status: "rolled_back",
      reason: expect.stringContaining("the runner died in restarting (reload-units)"),
    });
    expect(readFileSync(join(UNITS, "shop-daily.timer"), "utf8")).toBe(before);
    expect(await shown("shop-daily.timer", "NextElapseUSecRealtime")).toContain("02:00:00");
    expect(await shown("shop-daily.timer", "SubState")).toBe("waiting");
    expect(readFileSync(join(scenario.app, "daily/current/VERSION"), "utf8")).toBe("1\n");
  });

  it("leaves nothing of a first deployment whose runner was killed between enabling the timer and starting it", async () => {
    const scenario = await withJobs(DAILY);
    const { revision } = await killedWhile(scenario, "enable-timer", "restart", async () => "");
    expect(await ended(scenario, revision)).toMatchObject({ status: "rolled_back" });
    for (const name of ["shop-daily.service", "shop-daily.timer", "timers.target.wants/shop-daily.timer"]) {
      expect(existsSync(join(UNITS, name))).toBe(false);
    }
    expect(await shown("shop-daily.timer", "LoadState")).toBe("not-found");
    expect(existsSync(join(scenario.app, "daily/current"))).toBe(false);
    expect(await deploy(scenario, "2")).toMatchObject({ status: "succeeded" });
  });

  it("are deployed in place too, and taken back there", async () => {
    const scenario = await withJobs(
      DAILY,
      "layout: in_place\nhooks: { after_deploy: { commands: '! grep -q broken VERSION', on_error: fail } }",
    );
    const first = await commit(scenario, "0");
    await scenario.git("push", "--quiet", scenario.bare, `${first}:refs/heads/other`);
    const checkout = join(scenario.app, "daily");
    await run("git", "clone", "--quiet", "--branch", "other", scenario.bare, checkout);
    expect(await deploy(scenario, "1")).toMatchObject({ status: "succeeded" });
    await run("systemctl", "start", "shop-daily.service");
    expect(readFileSync(join(scenario.folder, "out"), "utf8")).toBe("1 --day 100%\n");
    const before = readFileSync(join(UNITS, "shop-daily.timer"), "utf8");
    setJobs(
      scenario,
      DAILY.replace("0 2", "0 3"),
      "layout: in_place\nhooks: { after_deploy: { commands: '! grep -q broken VERSION', on_error: fail } }",
    );
    const bad = await deploy(scenario, "2 broken");
    expect(bad, await logOf(scenario, bad)).toMatchObject({ status: "rolled_back" });
    expect(readFileSync(join(UNITS, "shop-daily.timer"), "utf8")).toBe(before);
    expect(readFileSync(join(checkout, "VERSION"), "utf8")).toBe("1\n");
    expect(await run("git", "-C", checkout, "status", "--porcelain")).toBe("");
    expect(await shown("shop-daily.timer", "NextElapseUSecRealtime")).toContain("02:00:00");
  });

  it("leaves units alone that the operator installed, and says so when there are none", async () => {
    const scenario = await withJobs("daily: { systemd_service: shop-daily }");
    const none = await deploy(scenario, "1");
    expect(none).toMatchObject({
      status: "failed",
      reason: "systemd knows no unit shop-daily.timer; systemd knows no unit shop-daily.service",
      hint: expect.stringContaining("unit_files"),
    });
    writeFileSync(join(UNITS, "shop-daily.service"), "[Service]\nType=oneshot\nExecStart=/bin/true\n");
    writeFileSync(join(UNITS, "shop-daily.timer"), "[Timer]\nOnBootSec=1000d\n");
    await run("systemctl", "daemon-reload");
    const row = await deploy(scenario, "2");
    expect(row, await logOf(scenario, row)).toMatchObject({ status: "succeeded" });
    expect(await shown("shop-daily.timer", "SubState")).toBe("waiting");
    expect(await logOf(scenario, row)).toMatch(/next run at 20/);
  });

  it("refuses a schedule that this systemd says never comes", async () => {
    const scenario = await withJobs(DAILY.replace("0 2 * * *", "2020-01-01 02:00"));
    expect(await deploy(scenario, "1")).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("it never comes"),
    });
    expect(existsSync(join(UNITS, "shop-daily.timer"))).toBe(false);
  });

  it("are units of the user's own manager with scope: user", async () => {
    const scenario = await withJobs(DAILY, "scope: user");
    const uid = process.getuid?.() ?? 0;
    await run("loginctl", "enable-linger", "root");
    await until(
      "the user manager",
      async () => (await run("systemctl", "is-active", `user@${uid}.service`)) === "active",
    );
    const row = await deploy(scenario, "1");
    expect(row, await logOf(scenario, row)).toMatchObject({ status: "succeeded" });
    const as = ["env", `XDG_RUNTIME_DIR=/run/user/${uid}`, "systemctl", "--user"] as const;
    expect(await run(...as, "is-active", "shop-daily.timer")).toBe("active");
    expect(readFileSync("/root/.config/systemd/user/shop-daily.service", "utf8")).not.toContain("User=");
    await run(...as, "start", "shop-daily.service");
    expect(readFileSync(join(scenario.folder, "out"), "utf8")).toBe("1 --day 100%\n");
    const status = await scenario.fraisier("status", "--json");
    expect(status.stdout).toMatch(/"next_run": ?"\d{4}-/);
    await run(...as, "disable", "--now", "shop-daily.timer");
  });
});
