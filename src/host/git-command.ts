import type { SimpleGit, SimpleGitOptions } from "simple-git";
import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import { dirname } from "node:path";
import { endMarked } from "./end-marked.ts";
import { lockIn, type LockedRepository, removeDeadLock } from "./dead-lock.ts";
import { gitFailure, type GitExit, maskCredentials } from "./git-failure.ts";
import { lineSplitter } from "./line-splitter.ts";
import { plainSettings } from "./plain-settings.ts";

export interface GitCall {
  /** The name of the work, for messages: `fetch of main`. */
  readonly what: string;
  /** Folder to run in; the root folder where the repository is named by `GIT_DIR` or none is needed. */
  readonly cwd?: string;
  /** The repository that is written to; only what is known of it says whose its locks are. */
  readonly repository?: LockedRepository;
  /** GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE and their like. */
  readonly env?: Readonly<Record<string, string>>;
  /** `key=value`, for this command only. */
  readonly config?: readonly string[];
  readonly input?: string;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
  /** Called by a git that shows its progress: how much of how much is done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** The arguments name the program that reads the remote: fraisier's own words, see foreign-repository.ts. */
  readonly allowsUploadPack?: boolean;
}

export type GitAnswer = { readonly ok: true; readonly stdout: string } | { readonly ok: false; readonly exit: GitExit };

/** For commands that have no bound of their own. */
const TIMEOUT_MS = 600_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** No program runs because a repository, or the settings of the user, ask for one. Settings of the repository itself are not read at all (plain-settings.ts). */
export const SAFE_SETTINGS: readonly string[] = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "submodule.recurse=false",
  "log.showSignature=false",
];
/** Names one call in the environment of git and of all that git starts: transports outlive a git that is killed. */
export const CALL_VARIABLE = "FRAISIER_GIT_CALL";
/** Long enough for git to remove its lock files and temporary packs. */
const GRACE_MS = 1_000;

/** Runs git and returns its output. @throws StepFailed or HostUnavailable with git's own words. */
export async function git(args: readonly string[], call: GitCall): Promise<string> {
  const answer = await tryGit(args, call);
  if (!answer.ok) throw gitFailure(call.what, answer.exit);
  return answer.stdout;
}

/** A killed git leaves a few locks at most: of HEAD, of its branch, of the index. */
const MAX_LOCKS = 5;

/** Runs git where a "no" is an answer too. Never rejects for what git does. A lock of a git that fraisier started and that died is removed. */
export async function tryGit(args: readonly string[], call: GitCall): Promise<GitAnswer> {
  for (let removed = 0; ; removed += 1) {
    const answer = await runGit(args, call);
    const lock = answer.ok ? undefined : lockIn(answer.exit.stderr);
    if (lock === undefined || call.repository === undefined || removed === MAX_LOCKS) return answer;
    if (!(await removeDeadLock(call.repository, lock))) return answer;
  }
}

async function runGit(args: readonly string[], call: GitCall): Promise<GitAnswer> {
  if (call.signal?.aborted) return { ok: false, exit: { exitCode: undefined, stderr: "", ended: "aborted" } };
  // Imported when first used: commands that need no git start faster.
  const { simpleGit } = await import("simple-git");
  const timeout = AbortSignal.timeout(Math.min(call.timeoutMs ?? TIMEOUT_MS, LONGEST_TIMER_MS));
  const id = randomUUID();
  const env = { ...(await gitEnvironment(call.env)), [CALL_VARIABLE]: id };
  const failure: Failure = { exitCode: undefined, stderr: "" };
  const runner = simpleGit(optionsOf(call, { env, timeout, failure })).env(env);
  if (call.onLine || call.onProgress) forward(runner, call);
  try {
    return { ok: true, stdout: await runner.raw([...args]) };
  } catch (error) {
    const { exitCode, stderr } = failure;
    // git was never asked: simple-git refused our own arguments.
    if (exitCode === undefined) throw error;
    const ended = endingOf(call, timeout);
    // simple-git ends git alone. A transport that waits for a silent remote would go on, and would hold our pipes open.
    if (ended !== "by itself") await endMarked([CALL_VARIABLE, id], { graceMs: GRACE_MS });
    return { ok: false, exit: { exitCode: exitCode ?? undefined, stderr, ended } };
  }
}

/** The end of a git, as simple-git tells it. */
interface Failure {
  /** Undefined as long as git has not ended; null if a signal ended it. */
  exitCode: number | null | undefined;
  stderr: string;
}

interface Attempt {
  readonly env: Readonly<Record<string, string>>;
  readonly timeout: AbortSignal;
  /** Written when git ends. */
  readonly failure: Failure;
}

function optionsOf(call: GitCall, { env, timeout, failure }: Attempt): Partial<SimpleGitOptions> {
  return {
    baseDir: call.cwd ?? "/",
    abort: call.signal ? AbortSignal.any([timeout, call.signal]) : timeout,
    config: [...SAFE_SETTINGS, ...(call.config ?? [])],
    // An empty string is no input for simple-git: git would wait for one until its time is up.
    ...(call.input === undefined ? {} : { input: () => Buffer.from(call.input ?? "") }),
    allowEnvironment: Object.keys(env),
    // Ours are constants, or come from the operator's environment; nothing of a delivery gets there.
    unsafe: {
      allowUnsafeSshCommand: true,
      allowUnsafeAskPass: true,
      allowUnsafeTemplateDir: true,
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeCredentialHelper: true,
      allowUnsafePack: call.allowsUploadPack === true,
    },
    // simple-git takes a command that fails without a word, or dies by a signal, for a success.
    errors: (error, result) => {
      failure.exitCode = result.exitCode as number | null;
      failure.stderr = withoutView(Buffer.concat(result.stdErr).toString(), env);
      return failure.exitCode === 0 ? undefined : (error ?? new Error("git did not exit 0"));
    },
  };
}

/** Words of git that name the folder which plain-settings.ts shows to it name the repository instead. */
function withoutView(words: string, env: Attempt["env"]): string {
  const { GIT_COMMON_DIR: view, GIT_OBJECT_DIRECTORY: objects } = env;
  return view === undefined || objects === undefined ? words : words.replaceAll(`${view}/`, `${dirname(objects)}/`);
}

function endingOf({ signal }: GitCall, timeout: AbortSignal): GitExit["ended"] {
  if (signal?.aborted) return "aborted";
  return timeout.aborted ? "timed out" : "by itself";
}

/** The environment of a git: what it needs of ours, what the call says, and a repository without the settings in it. */
export async function gitEnvironment(given: GitCall["env"]): Promise<Readonly<Record<string, string>>> {
  const { GIT_DIR: gitDir } = given ?? {};
  return { ...inherited(), ...given, ...(gitDir === undefined ? {} : await plainSettings(gitDir)) };
}

/**
 * Gives the part of our environment that git needs: its own variables (GIT_DIR …) would change what we ask for. The name of the
 * deployment is in it, so that the next runner finds a git that a killed runner left working.
 */
function inherited(): Record<string, string> {
  const names =
    /^(PATH|HOME|USER|LOGNAME|TMPDIR|XDG_CONFIG_HOME|SSH_AUTH_SOCK|GIT_SSH_COMMAND|GIT_SSL_CAINFO|SSL_CERT_(FILE|DIR)|(https?|all|no)_proxy|FRAISIER_DEPLOYMENT)$/i;
  const ours = Object.entries(process.env).filter(
    (entry): entry is [string, string] => names.test(entry[0]) && entry[1] !== undefined,
  );
  return {
    HOME: homedir(),
    ...Object.fromEntries(ours),
    LC_ALL: "C",
    // There is no person to be asked for a password or a host key.
    GIT_TERMINAL_PROMPT: "0",
    // Not `ext::`, which runs a command, nor helpers that happen to be installed.
    GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh",
    // A repository may name a remote of its own, and the program that reads it, for objects that it does not have.
    GIT_NO_LAZY_FETCH: "1",
  };
}

function forward(runner: SimpleGit, { onLine, onProgress }: GitCall): void {
  runner.outputHandler((_command, _stdout, stderr) => {
    if (onLine !== undefined) {
      // Progress overwrites itself with \r: of each line what would be seen in the end.
      const lines = lineSplitter((line) => onLine(maskCredentials(line.slice(line.lastIndexOf("\r") + 1))));
      stderr.on("data", (chunk: Buffer) => lines.push(chunk));
      stderr.once("end", () => lines.end());
    }
    if (onProgress !== undefined) {
      stderr.on("data", (chunk: Buffer) => {
        const [, done, total] = [...chunk.toString().matchAll(/: +\d+% \((\d+)\/(\d+)\)/g)].at(-1) ?? [];
        if (done !== undefined) onProgress(Number(done), Number(total));
      });
    }
  });
}
