import { readFileSync } from "node:fs";
import { findProgram } from "../host/missing-program.ts";
import type { Processes } from "../host/processes.ts";
import { keptTrial } from "./kept-trial.ts";
import { baseSystem } from "./base-system.ts";
import { startIn } from "./start-in.ts";
import type { Inhabitant } from "./start-in.ts";

/** Why this machine makes no sandbox, and what to do about it. */
export interface SandboxObstacle {
  readonly problem: string;
  readonly hint: string;
}

/** The programs that make a sandbox, or why there is none. */
export type Trial = { readonly bwrap: string; readonly env: string } | { readonly obstacle: SandboxObstacle };

const TRIAL_MS = 10_000;
const trials = new Map<number, Promise<Trial>>();

/**
 * Makes an empty sandbox once per user and process: whether a machine lets that user do so can only be found out by doing it.
 * @param kept the state folder, for a look that believes a trial of another process (kept-trial.ts) if the user is this process's own.
 */
export function trySandbox(
  processes: Processes,
  inhabitant: Inhabitant,
  user: string | undefined,
  kept?: string,
): Promise<Trial> {
  const known = trials.get(inhabitant.uid) ?? tryOnce(processes, inhabitant, user, kept);
  trials.set(inhabitant.uid, known);
  // A trial that could not be made is made again.
  known.catch(() => trials.delete(inhabitant.uid));
  return known;
}

async function tryOnce(
  processes: Processes,
  inhabitant: Inhabitant,
  user: string | undefined,
  folder: string | undefined,
): Promise<Trial> {
  // The variables of a target must not choose the program that shuts it in.
  const [bwrap, env] = await Promise.all(["bwrap", "env"].map((name) => findProgram(name, process.env["PATH"])));
  if (bwrap === undefined || env === undefined) {
    const problem = bwrap === undefined ? "bubblewrap is not installed" : "there is no program env";
    return { obstacle: { problem, hint: "Install it: sudo apt-get install bubblewrap" } };
  }
  const programs = { bwrap, env };
  const kept = user === undefined && folder !== undefined ? keptTrial(folder, [bwrap, env]) : undefined;
  if (kept?.isKnown() === true) return programs;
  const obstacle = await obstacleWith(programs, processes, inhabitant, user);
  if (obstacle !== undefined) return { obstacle };
  kept?.keep();
  return programs;
}

/** Makes a sandbox with nothing in it. @returns why it could not be made. */
async function obstacleWith(
  programs: { readonly bwrap: string; readonly env: string },
  processes: Processes,
  inhabitant: Inhabitant,
  user: string | undefined,
): Promise<SandboxObstacle | undefined> {
  const plan = { inhabitant, system: baseSystem(), mounts: [], links: [], folders: [], cwd: "/", network: true };
  const { argv, texts } = startIn(plan, programs, ["true"]);
  const result = await processes.run(argv, {
    cwd: "/",
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C" },
    ...(user === undefined ? {} : { user }),
    timeoutMs: TRIAL_MS,
    texts,
  });
  if (result.exitCode === 0) return undefined;
  const words = result.timedOut ? "bwrap did not end within 10 s" : (result.tail.trim().split("\n")[0] ?? "");
  return obstacleOf(words, readSysctl);
}

/** Pure: what the first words of bwrap mean. */
export function obstacleOf(words: string, sysctl: (name: string) => string | undefined): SandboxObstacle {
  const problem = `bubblewrap cannot make a sandbox here: ${words}`;
  if (sysctl("kernel/unprivileged_userns_clone") === "0")
    return { problem, hint: "Allow it to users: sudo sysctl kernel.unprivileged_userns_clone=1" };
  if (/uid map|namespace|Permission denied|loopback/i.test(words)) {
    if (sysctl("kernel/apparmor_restrict_unprivileged_userns") === "1")
      return {
        problem,
        hint: "AppArmor of this machine forbids user namespaces: write a profile for /usr/bin/bwrap that has the rule `userns,`",
      };
    if (sysctl("user/max_user_namespaces") === "0")
      return { problem, hint: "Allow user namespaces: sudo sysctl user.max_user_namespaces=10000" };
  }
  if (/mount proc/i.test(words))
    return {
      problem,
      hint: "A part of /proc is hidden from this process, by a container or by its unit: the unit must not set ProtectKernelTunables or ProtectKernelLogs",
    };
  return { problem, hint: "Run it by hand to see more: bwrap --ro-bind / / --proc /proc --unshare-pid true" };
}

function readSysctl(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, "utf8").trim();
  } catch {
    // This kernel has no such setting.
    return undefined;
  }
}
