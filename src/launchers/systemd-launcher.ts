import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { HostUnavailable } from "../domain/errors.ts";
import { writeEnvironmentFile } from "./environment-file.ts";
import type { Launch, Launcher } from "./launcher.ts";
import { runnerCommand } from "./runner-command.ts";
import { runnerEnvironment } from "./runner-environment.ts";

/**
 * A systemd unit per deployment, with a cgroup of its own that ends with it: an instance of the installed template
 * `fraisier-deploy@.service`, else a transient unit, which only root may make.
 */
export const systemdLauncher: Launcher = {
  name: "systemd",
  async isAvailable() {
    // The way systemd itself asks: sd_booted(3).
    if (!existsSync("/run/systemd/system")) return false;
    return process.getuid?.() === 0 || (await hasTemplate());
  },
  // systemd starts an instance of the template without this process's environment.
  tellsStore: async () => !(await hasTemplate()),
  async launch(launch) {
    const unit = unitOf(launch.deployment);
    const { code, output } = (await hasTemplate())
      ? await run(["systemctl", "--no-ask-password", "start", "--no-block", unit])
      : await startTransientUnit(unit, launch);
    if (code !== 0) {
      throw new HostUnavailable(`systemd did not start ${unit}: ${output.trim()}`, {
        hint: MISSING_RULE,
      });
    }
  },
  async lost(deployment) {
    const unit = unitOf(deployment);
    const { code, printed } = await run(["systemctl", "show", "--property=ActiveState,Job,Result", unit]);
    const state = new Map(printed.split("\n").map((line) => line.split("=", 2) as [string, string]));
    const isGone = ["inactive", "failed"].includes(state.get("ActiveState") ?? "");
    // A job that waits will start it.
    if (code !== 0 || !isGone || (state.get("Job") ?? "") !== "") return undefined;
    const result = state.get("Result") ?? "";
    return `${unit} ended before it took its deployment up${result === "" || result === "success" ? "" : ` (${result})`}; journalctl -u ${unit} may say why`;
  },
  async stop(deployment) {
    const unit = unitOf(deployment);
    // The packaged polkit rule allows `stop`, and KillMode=mixed ends everything that the runner started. systemd sends SIGKILL after
    // TimeoutStopSec= by itself: the queue must not wait for that.
    const { code, output } = await run(["systemctl", "--no-ask-password", "stop", "--no-block", unit]);
    if (code !== 0) throw new HostUnavailable(`systemd did not stop ${unit}: ${output.trim()}`, { hint: MISSING_RULE });
  },
};

const MISSING_RULE =
  "The polkit rule that comes with fraisier allows it: 50-fraisier.rules in /usr/share/polkit-1/rules.d or /etc/polkit-1/rules.d.";

function unitOf(deployment: string): string {
  return `fraisier-deploy@${deployment}.service`;
}

/** Variables by which systemd told the daemon about the daemon (systemd.exec(5)): they would be untrue in another unit. */
const OF_THE_DAEMON_ITSELF: ReadonlySet<string> = new Set([
  "INVOCATION_ID",
  "JOURNAL_STREAM",
  "LISTEN_FDS",
  "LISTEN_FDNAMES",
  "LISTEN_PID",
  "MAINPID",
  "NOTIFY_SOCKET",
  "SYSTEMD_EXEC_PID",
  "WATCHDOG_PID",
  "WATCHDOG_USEC",
]);

async function startTransientUnit(unit: string, launch: Launch): Promise<Ran> {
  const file = writeEnvironmentFile(launch.deployment, environmentOf(launch));
  const ran = await run(transientUnit(unit, launch, file));
  if (ran.code !== 0) rmSync(file, { force: true });
  return ran;
}

function environmentOf(launch: Launch): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(runnerEnvironment("systemd", launch)).filter(
      ([name]) => /^[A-Za-z_]\w*$/.test(name) && !OF_THE_DAEMON_ITSELF.has(name),
    ),
  );
}

function transientUnit(unit: string, launch: Launch, environmentFile: string): [string, ...string[]] {
  // systemd removes the file itself, even if this daemon is dead by then: once the runner has started, and if it could not be started.
  const removal = `/bin/rm -f -- ${environmentFile}`;
  const properties = [
    "Type=exec",
    // SIGTERM to the runner alone, which ends its commands; SIGKILL to what is left.
    "KillMode=mixed",
    "TimeoutStopSec=30",
    `RuntimeMaxSec=${Math.ceil(launch.timeoutMs / 1000)}`,
    "CollectMode=inactive-or-failed",
    `WorkingDirectory=${process.cwd()}`,
    // The file is gone when the last of the unit's programs starts.
    `EnvironmentFile=-${environmentFile}`,
    `ExecStartPost=${removal}`,
    `ExecStopPost=${removal}`,
  ];
  return [
    "systemd-run",
    "--quiet",
    "--no-block",
    "--collect",
    `--unit=${unit}`,
    `--description=fraisier deployment ${launch.deployment}`,
    ...properties.map((property) => `--property=${property}`),
    "--",
    ...runnerCommand(launch),
  ];
}

/** The operator installed the template: starting its instances is all the daemon needs to be allowed. */
async function hasTemplate(): Promise<boolean> {
  const { code } = await run(["systemctl", "cat", "fraisier-deploy@.service"]);
  return code === 0;
}

interface Ran {
  readonly code: number;
  /** The end of standard error. */
  readonly output: string;
  /** The end of standard output. */
  readonly printed: string;
}

function run([program, ...rest]: [string, ...string[]]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      stdio: ["ignore", "pipe", "pipe"],
      env: runnerEnvironment("systemd", {}),
      timeout: 30_000,
    });
    let output = "";
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed = (printed + text).slice(-4096);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-4096);
    });
    child.once("error", (error) => reject(new HostUnavailable(`${program}: ${error.message}`, { cause: error })));
    child.once("close", (code) => resolve({ code: code ?? 1, output, printed }));
  });
}
