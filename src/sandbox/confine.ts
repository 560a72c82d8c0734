import { existsSync, lstatSync, mkdirSync, readlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { SandboxSettings } from "../config/keys/sandbox-settings.ts";
import { HostUnavailable } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { userNameOf } from "../host/accounts.ts";
import { cannotStart, findProgram } from "../host/missing-program.ts";
import type { Processes, ProcessOptions, ProcessResult } from "../host/processes.ts";
import { findAccount } from "../host/find-account.ts";
import { userObstacle } from "../host/user-obstacle.ts";
import { baseSystem } from "./base-system.ts";
import { explain } from "./explain.ts";
import { hiddenPath } from "./hidden-path.ts";
import { serveUnits } from "./serve-units.ts";
import type { UnitServer } from "./serve-units.ts";
import { placeOf, startIn } from "./start-in.ts";
import type { Inhabitant, Mount, SandboxPlan } from "./start-in.ts";
import { trySandbox } from "./try-sandbox.ts";
import type { SandboxObstacle } from "./try-sandbox.ts";
import { liesWithin } from "../domain/lies-within.ts";

/** The folders that commands of one deployment work in. */
interface ConfinedFolders {
  readonly app: string;
  readonly releases: string;
  readonly release: string;
  readonly shared: string;
  /** The link to the release that is live. */
  readonly current: string;
}

export interface ConfinedTarget extends TargetKey {
  readonly settings: {
    readonly sandbox: SandboxSettings;
    readonly user: string | undefined;
    /** Its release belongs to that fraise: commands of this target may only read it. */
    readonly code_from?: string;
  };
}

interface ConfineOptions {
  readonly processes: Processes;
  readonly target: ConfinedTarget;
  readonly folders: ConfinedFolders;
  /** Caches of targets are kept below it. */
  readonly stateDirectory: string;
}

/**
 * Wraps processes for commands of the target's repository: each runs in a sandbox of its own, as the target's settings want it. Under `auto` a machine that can
 * make none runs them without; under `required` they are refused.
 */
export function confine(options: ConfineOptions): Processes {
  const { processes, target } = options;
  const { sandbox } = target.settings;
  if (sandbox.mode === "off") return processes;
  return {
    ...processes,
    async run(command, given) {
      const inhabitant = await inhabitantOf(given.user);
      const trial = await trySandbox(processes, inhabitant, given.user);
      if ("obstacle" in trial) {
        if (sandbox.mode === "auto") return await processes.run(command, given);
        throw new HostUnavailable(refusal(trial.obstacle), { hint: trial.obstacle.hint });
      }
      const argv = typeof command === "string" ? ["/bin/sh", "-c", command] : command;
      await using units = await unitsFor(options, inhabitant, given);
      const plan = await planFor(options, inhabitant, given, units?.mounts ?? []);
      await refuseHidden(argv, given, plan);
      const started = startIn(plan, trial, argv);
      const result = await processes.run(started.argv, { ...given, cwd: "/", texts: started.texts });
      refuseBroken(result);
      return await explained(given, plan, result);
    },
  };
}

/**
 * Why commands of this target do not run in the sandbox that its settings ask for; undefined if they do, and if the sandbox is off.
 * @param kept the state folder, for a look that believes what another process has tried.
 */
export async function sandboxObstacle(
  processes: Processes,
  { settings }: Pick<ConfinedTarget, "settings">,
  kept?: string,
): Promise<SandboxObstacle | undefined> {
  if (settings.sandbox.mode === "off") return undefined;
  // A user that is not there, or as whom we can start nothing, is a problem of its own.
  const isUsable = settings.user !== undefined && (await userObstacle(settings.user)) === undefined;
  const user = isUsable ? settings.user : undefined;
  const trial = await trySandbox(processes, await inhabitantOf(user), user, kept);
  return "obstacle" in trial ? trial.obstacle : undefined;
}

/** The message of `sandbox: required` if there is no sandbox. */
function refusal({ problem }: SandboxObstacle): string {
  return `sandbox: required, but ${problem}`;
}

async function inhabitantOf(user: string | undefined): Promise<Inhabitant> {
  if (user !== undefined) return await findAccount(user);
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return { name: userNameOf(uid), uid, gid };
}

/** A systemctl(1) for a target that may do something with units. */
async function unitsFor(
  { processes, target }: ConfineOptions,
  inhabitant: Inhabitant,
  { onLine, signal }: ProcessOptions,
): Promise<UnitServer | undefined> {
  const { units } = target.settings.sandbox.allow;
  if (Object.keys(units).length === 0) return undefined;
  const own = process.getuid?.();
  if (own !== 0 && own !== inhabitant.uid)
    throw new HostUnavailable(`commands that run as ${inhabitant.name} cannot be given a systemctl by this user`, {
      hint: "Take `allow.units` away, or `user:`.",
    });
  const log = (line: string): void => onLine?.("stderr", `fraisier: ${line}`);
  return await serveUnits({ processes, allowed: units, inhabitant, signal, log });
}

async function planFor(
  options: ConfineOptions,
  inhabitant: Inhabitant,
  { cwd = "/", user }: ProcessOptions,
  more: readonly Mount[],
): Promise<SandboxPlan> {
  const { target, folders } = options;
  const { sandbox, code_from } = target.settings;
  const { app, releases, release, shared, current } = folders;
  // Ways back run in the release before.
  const other = cwd.startsWith(`${releases}/`) && !liesWithin(cwd, release) ? [cwd] : [];
  const own = [...new Set([release, shared, ...other])].filter((folder) => existsSync(folder));
  const caches = await cachesFor(options, inhabitant, user);
  const mounts: readonly Mount[] = [
    ...allowed(sandbox),
    ...own.map((folder): Mount => ({ place: folder, source: folder, access: isBorrowed(folder) ? "read" : "write" })),
    // fraisier's own git reads it outside of the sandbox, so commands must not change it.
    ...own
      .map((folder) => join(folder, ".git"))
      .filter((path) => existsSync(path))
      .map((path) => readOnly(path)),
    ...caches,
    ...Object.entries(sandbox.credentials).map(([place, file]) => ({
      ...readOnly(needed(file, "credentials")),
      place: placeOf(place, inhabitant, release),
    })),
    ...more,
  ];
  // Hooks may go by it. It dangles until the release of this deployment is live.
  const linksTo = current === release ? undefined : linkAt(current);
  const links = linksTo === undefined ? [] : [{ path: current, linksTo }];
  function isBorrowed(folder: string): boolean {
    return code_from !== undefined && folder === release;
  }
  return {
    inhabitant,
    system: baseSystem(),
    mounts,
    links,
    folders: [app, cwd],
    cwd,
    network: sandbox.network === "on",
  };
}

function allowed({ allow }: SandboxSettings): readonly Mount[] {
  return [
    ...allow.paths.map(({ path, writable }): Mount => ({
      ...readOnly(needed(path, "allow.paths")),
      access: writable ? "write" : "read",
    })),
    ...allow.sockets.map((path) => readOnly(needed(path, "allow.sockets"))),
    ...allow.devices.map((path): Mount => ({ ...readOnly(needed(path, "allow.devices")), access: "device" })),
  ];
}

function linkAt(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(path) : undefined;
}

function readOnly(path: string): Mount {
  return { place: path, source: path, access: "read" };
}

function needed(path: string, key: string): string {
  if (existsSync(path)) return path;
  throw new HostUnavailable(`${key} names ${path}, which is not on this machine`, {
    hint: "Start what makes it, or take it out of fraises.yaml.",
  });
}

/** Makes the caches that the target's settings name, and says where the sandbox has them. */
async function cachesFor(
  options: ConfineOptions,
  inhabitant: Inhabitant,
  user: string | undefined,
): Promise<readonly Mount[]> {
  const { processes, target, folders } = options;
  const { cache } = target.settings.sandbox;
  if (cache.length === 0) return [];
  const folder = await cacheFolder(options, inhabitant, user);
  const mounts = cache.map((named): Mount => ({
    place: placeOf(named, inhabitant, folders.release),
    source: join(folder, encodeURIComponent(named)),
    access: "write",
  }));
  for (const { source } of mounts) await makeFolder(processes, source, user);
  return mounts;
}

/** Caches of a user that is not ours lie in that user's home: nobody else can make folders that are theirs. */
async function cacheFolder(
  { target, stateDirectory }: ConfineOptions,
  { uid }: Inhabitant,
  user: string | undefined,
): Promise<string> {
  // No name holds a +.
  const name = [target.fraise, target.environment, target.job].filter(Boolean).join("+");
  if (user === undefined || uid === process.getuid?.()) return join(stateDirectory, "caches", name);
  const { home } = await findAccount(user);
  return join(home, ".cache/fraisier", name);
}

async function makeFolder(processes: Processes, folder: string, user: string | undefined): Promise<void> {
  if (user === undefined) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return;
  }
  const argv = ["mkdir", "-p", "-m", "0700", "--", folder];
  const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };
  const { exitCode, tail } = await processes.run(argv, { env, user, cwd: "/", timeoutMs: 30_000 });
  if (exitCode === 0) return;
  throw new HostUnavailable(`the cache ${folder} cannot be made as ${user}: ${tail.trim()}`, {
    hint: `Give ${user} a home folder, or take the key \`cache\` away.`,
  });
}

/** @throws HostUnavailable if the program or the folder is not there, or is there and not in the sandbox. */
async function refuseHidden(argv: readonly string[], { cwd, env }: ProcessOptions, plan: SandboxPlan): Promise<void> {
  const [program = ""] = argv;
  const absent = (): Promise<HostUnavailable> =>
    cannotStart(program, cwd, Object.assign(new Error(`spawn ${program} ENOENT`), { code: "ENOENT" }));
  if (cwd !== undefined && !existsSync(cwd)) throw await absent();
  const folders = program.includes("/") ? [""] : (env["PATH"] ?? "/bin:/usr/bin").split(delimiter);
  let hidden: string | undefined;
  for (const folder of folders) {
    const found = await findProgram(program, folder, cwd);
    if (found === undefined) continue;
    const path = await hiddenPath(found, plan);
    if (path === undefined) return;
    hidden ??= path;
  }
  if (hidden === undefined) throw await absent();
  throw new HostUnavailable(`${program} is ${hidden}, which the sandbox does not show`, {
    hint: `Name it, or a folder around it, in fraises.yaml: allow: { paths: [${hidden}] }`,
  });
}

/** @throws HostUnavailable if bwrap itself failed: the command never began. */
function refuseBroken({ exitCode, tail }: ProcessResult): void {
  const [first = "", ...more] = tail.trim().split("\n");
  if (exitCode !== 1 || more.length > 0 || !first.startsWith("bwrap: ")) return;
  throw new HostUnavailable(`the sandbox could not be made: ${first.slice("bwrap: ".length)}`, {
    hint: "fraisier doctor says whether this machine can make one; the keys allow, cache and credentials say what is in it.",
  });
}

/** If a command failed for want of something that the sandbox hides, its output ends with what to write into fraises.yaml. */
async function explained(
  { env, onLine }: ProcessOptions,
  plan: SandboxPlan,
  result: ProcessResult,
): Promise<ProcessResult> {
  if (result.exitCode === 0 || result.timedOut || result.aborted) return result;
  const line = await explain(result.tail, { plan, find: (name) => findProgram(name, env["PATH"]) });
  if (line === undefined) return result;
  onLine?.("stderr", line);
  return { ...result, tail: `${result.tail.trimEnd()}\n${line}\n` };
}
