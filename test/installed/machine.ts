import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll } from "vitest";

const SANDBOX = join(import.meta.dirname, "../../scripts/systemd-sandbox.sh");
/** Longer than any test file may take: a sandbox that is left behind ends by itself. */
const SECONDS = 900;
const JOURNAL_LINES = 80;

/** What a command inside printed, and how it ended. */
interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A bare Debian server of a test file's own, with a real systemd. Only loopback is its network; its /tmp, /run and journal are new at each boot. */
export interface Machine {
  /** Runs shell lines as root and gives what they print; a command that fails makes the test fail. */
  root(lines: string, input?: string): Promise<string>;
  /** The same as another user, in that user's home folder, without a login session. */
  as(user: string, lines: string, input?: string): Promise<string>;
  /** The same, but it may fail. */
  tries(user: string, lines: string, input?: string): Promise<CommandResult>;
  /** Writes a file as root. */
  write(path: string, text: string, how?: { readonly mode?: string; readonly owner?: string }): Promise<void>;
  /** Asks for a URL inside; status 0 if there is no answer. `curl` takes more options of curl. */
  fetch(url: string, curl?: string): Promise<{ readonly status: number; readonly body: string }>;
  /** Waits until the lines succeed as root; fails with what they printed last, and the journal. */
  until(what: string, lines: string, seconds?: number): Promise<string>;
  journal(lines?: number): Promise<string>;
  /**
   * Boots what is on the disk again, after everything ended at once as in a power failure, or after an orderly `systemctl poweroff`. Needs `keep`.
   */
  reboot(how?: "power failure" | "orderly"): Promise<void>;
}

export interface MachineOptions {
  /** Install the package before the tests: true unless told otherwise. */
  readonly installed?: boolean;
  /** Shell lines as root after that. */
  readonly prepare?: string;
  /** What is written survives reboot(): slower, since it goes to this machine's disk. */
  readonly keep?: boolean;
  /** bubblewrap works inside. Root inside could then change sysctls of this machine. */
  readonly wholeProc?: boolean;
}

/** Set by test/installed/global-setup.ts: the bare root, and a folder with the packages. */
const ROOT = process.env["FRAISIER_DEBIAN_ROOT"] ?? "";
const PACKAGES = process.env["FRAISIER_TEST_PACKAGES"] ?? "";

/** The package of this revision, where the machine sees it. */
export const PACKAGE = `${PACKAGES}/fraisier.deb`;
/** The same program as a newer package. */
export const NEWER_PACKAGE = `${PACKAGES}/fraisier-newer.deb`;

/** Boots a machine before the tests of a file, ends it after them, and prints its journal if a test fails. */
export function machineOfThisFile(options: MachineOptions = {}): Machine {
  const folder = mkdtempSync(join(tmpdir(), "fraisier-machine-"));
  const state = join(folder, "sandbox");
  const sandbox = async (...args: readonly string[]): Promise<CommandResult> => await run(SANDBOX, args);
  const boot = async (): Promise<void> => {
    const keep = options.keep === true ? ["--keep", join(folder, "disk")] : [];
    const proc = options.wholeProc === true ? ["--whole-proc"] : [];
    const fixed = ["--root", ROOT, "--dbus", "--bind", PACKAGES, "--timeout", String(SECONDS), "--boot-timeout", "60"];
    const { exitCode, stderr } = await sandbox(...fixed, ...keep, ...proc, "start", state);
    if (exitCode !== 0) throw new Error(`the machine does not boot:\n${stderr}`);
  };
  const tries: Machine["tries"] = async (user, lines, input = "") =>
    await run(
      SANDBOX,
      ["exec", state, "--", ...switchTo(user), "bash", "--norc", "-euo", "pipefail", "-c", lines],
      input,
    );
  const powerOff = async (): Promise<void> => {
    await tries("root", "systemctl --no-block poweroff");
    // Its first process, as this machine sees it. systemd ends what does not end by itself.
    const isUp = (): boolean => existsSync(`/proc/${readFileSync(join(state, "pid1"), "utf8").trim()}`);
    for (const deadline = performance.now() + 60_000; isUp(); await sleep(50))
      if (performance.now() > deadline) throw new Error(`the machine does not power off\n${await machine.journal()}`);
  };
  const machine: Machine = {
    tries,
    root: async (lines, input) => await machine.as("root", lines, input),
    async as(user, lines, input) {
      const result = await tries(user, lines, input);
      if (result.exitCode === 0) return result.stdout;
      throw new Error(
        `as ${user}: ${lines}\nended with ${result.exitCode}\n${result.stdout}${result.stderr}`.slice(0, 8_000),
      );
    },
    async write(path, text, { mode = "644", owner = "root:root" } = {}) {
      await machine.root(
        `mkdir -p "$(dirname ${path})"; umask 077; cat > ${path}; chown ${owner} ${path}; chmod ${mode} ${path}`,
        text,
      );
    },
    async fetch(url, curl = "") {
      const { stdout } = await tries("root", `curl -sS -m 10 ${curl} -w '\\n%{http_code}' '${url}' || true`);
      const end = stdout.lastIndexOf("\n");
      return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
    },
    async until(what, lines, seconds = 60) {
      const deadline = performance.now() + seconds * 1000;
      for (;;) {
        const { exitCode, stdout, stderr } = await tries("root", lines);
        if (exitCode === 0) return stdout;
        if (performance.now() > deadline)
          throw new Error(`waited ${seconds} s for ${what}\n${stdout}${stderr}\n${await machine.journal()}`);
        await sleep(400);
      }
    },
    journal: async (lines = JOURNAL_LINES) =>
      // Not the commands of the tests themselves.
      (await tries("root", `journalctl --no-pager --quiet | grep -v 'run-r[0-9a-f]*.scope' | tail -n ${lines}`)).stdout,
    async reboot(how = "power failure") {
      if (options.keep !== true) throw new Error("reboot() needs machineOfThisFile({ keep: true })");
      if (how === "orderly") await powerOff();
      await sandbox("stop", state);
      await boot();
    },
  };

  beforeAll(async () => {
    await boot();
    if (options.installed !== false) await machine.root(`${INSTALL} ${PACKAGE}`);
    if (options.prepare !== undefined) await machine.root(options.prepare);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") console.log(await machine.journal());
  });
  afterAll(async () => {
    await sandbox("stop", state);
    rmSync(folder, { recursive: true, force: true });
  });
  return machine;
}

/** Installs package files without asking anything. */
export const INSTALL = "DEBIAN_FRONTEND=noninteractive apt-get install --yes -qq";

function switchTo(user: string): readonly string[] {
  const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  if (user === "root") return ["env", "-i", "-C", "/root", "HOME=/root", "USER=root", "LANG=C.UTF-8", path];
  const become = `cd ~${user}; exec setpriv --reuid=${user} --regid="$(id -g ${user})" --init-groups env -i HOME=~${user} USER=${user} LANG=C.UTF-8 ${path} \
XDG_RUNTIME_DIR=/run/user/"$(id -u ${user})" "$@"`;
  return ["bash", "-euc", become, "become"];
}

async function run(file: string, args: readonly string[], input = ""): Promise<CommandResult> {
  return await new Promise((resolve) => {
    const env = { PATH: process.env["PATH"], SDBOX_QUIET: "1" };
    const child = execFile(file, [...args], { cwd: "/", env, maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
    child.stdin?.on("error", () => {}).end(input);
  });
}
