import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { DEPLOYMENT_VARIABLE, STEP_VARIABLE } from "../domain/deployment-variable.ts";
import { accountOf } from "./accounts.ts";
import type { Account } from "./accounts.ts";
import { bindToUs } from "./bind-to-us.ts";
import type { CommandJob } from "./command-frames.ts";
import { findAccount } from "./find-account.ts";
import { findProgram, missingProgram } from "./missing-program.ts";
import type { ProcessOptions } from "./processes.ts";
import { openDoor } from "./user-obstacle.ts";

interface Started {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Texts that the program reads from its file descriptors 3 and up, if they are not those of the command. */
  readonly texts?: readonly string[];
  /** The folder that the program starts in, if it is not that of the command. */
  readonly cwd?: string;
}

type Environment = Readonly<Record<string, string>>;

/** By them the next runner finds what this one leaves running. */
const MARKS = [DEPLOYMENT_VARIABLE, STEP_VARIABLE];
/** After SIGTERM the unit itself kills the command, shortly before the relay would be killed. */
const GRACE_MS = 5_000;

/**
 * The argv and environment that run a command as this user, with all the user's groups. Root becomes that user by setpriv(1) of util-linux, as Node's own `uid` option drops
 * the supplementary groups (docker, www-data). Any other process has systemd start the command, in a unit of that user.
 * @throws HostUnavailable when there is no such user, or we may not become it.
 */
export async function runAs(
  user: string | undefined,
  argv: readonly string[],
  options: Omit<ProcessOptions, "timeoutMs">,
): Promise<Started> {
  const { env, cwd } = options;
  if (user === undefined) return { argv, env };
  const account = await findAccount(user);
  if (account.uid === process.getuid?.()) return { argv, env };
  if (process.getuid?.() !== 0) return await throughDoor(account, argv, options);
  const setpriv = await findProgram("setpriv", process.env["PATH"]);
  if (setpriv === undefined) throw missingProgram("setpriv");
  // setpriv would report a missing program as an exit code of the command's own.
  const [program = ""] = argv;
  if ((await findProgram(program, env["PATH"], cwd)) === undefined) throw missingProgram(program);
  // A user without a name, as in containers, has no groups to look up.
  const groups = accountOf(account.uid) === undefined ? "--clear-groups" : "--init-groups";
  return {
    argv: [setpriv, `--reuid=${account.uid}`, `--regid=${account.gid}`, groups, "--", ...argv],
    env: { ...env, ...namesOf(account, user) },
  };
}

/** The relay gets none of the command's variables: they could change how it runs, and it runs as this user. */
async function throughDoor(
  account: Account,
  argv: readonly string[],
  { env, cwd, texts = [], graceMs = GRACE_MS, input, inputFrom, inputUntil }: Omit<ProcessOptions, "timeoutMs">,
): Promise<Started> {
  const door = await openDoor(account);
  const job: CommandJob = {
    argv,
    cwd: cwd ?? process.cwd(),
    env: { ...env, ...namesOf(account, account.name) },
    texts,
    hasInput: [input, inputFrom, inputUntil].some((each) => each !== undefined),
    graceMs: Math.max(graceMs / 2, graceMs - 1_000),
  };
  const relay = fileURLToPath(new URL(`./command-relay${extname(import.meta.filename)}`, import.meta.url));
  const marks = MARKS.flatMap((name): [string, string][] => (env[name] === undefined ? [] : [[name, env[name]]]));
  const own = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", ...Object.fromEntries(marks) };
  return {
    argv: await bindToUs([process.execPath, relay, door], { env: own, cwd: "/" }),
    env: own,
    cwd: "/",
    texts: [JSON.stringify(job)],
  };
}

function namesOf({ home }: Account, user: string): Environment {
  return { HOME: home, USER: user, LOGNAME: user };
}
