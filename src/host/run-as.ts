import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { HostUnavailable } from "../domain/errors.ts";
import { findProgram, missingProgram } from "./missing-program.ts";
import type { ProcessOptions } from "./processes.ts";

interface Started {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The argv and environment that run a command as this user, with all the user's groups. Node's own `uid` option drops
 * the supplementary groups (docker, www-data), hence setpriv(1) of util-linux.
 * @throws HostUnavailable when there is no such user, or we may not become it.
 */
export async function runAs(
  user: string | undefined,
  argv: readonly string[],
  { env, cwd }: Pick<ProcessOptions, "env" | "cwd">,
): Promise<Started> {
  if (user === undefined) return { argv, env };
  const account = await findAccount(user);
  if (account.uid === process.getuid?.()) return { argv, env };
  if (process.getuid?.() !== 0) {
    throw new HostUnavailable(`cannot run a command as ${user}: only root may become another user`, {
      hint: `Run fraisier as root or as ${user}, or take the key \`user\` away.`,
    });
  }
  const setpriv = await findProgram("setpriv", process.env["PATH"]);
  if (setpriv === undefined) throw missingProgram("setpriv");
  // setpriv would report a missing program as an exit code of the command's own.
  const [program = ""] = argv;
  if ((await findProgram(program, env["PATH"], cwd)) === undefined) throw missingProgram(program);
  return {
    argv: [setpriv, `--reuid=${account.uid}`, `--regid=${account.gid}`, "--init-groups", "--", ...argv],
    env: { ...env, HOME: account.home, USER: user, LOGNAME: user },
  };
}

interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** @throws HostUnavailable when there is no such user. */
export async function findAccount(user: string): Promise<Account> {
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n");
  const line = lines.find((each) => each.startsWith(`${user}:`)) ?? (await askNameServices(user));
  const [, , uid, gid, , home] = line.split(":");
  if (uid === undefined || gid === undefined) {
    throw new HostUnavailable(`there is no user ${user} on this machine`, {
      hint: `Make it (adduser --system ${user}), or mend the key \`user\`.`,
    });
  }
  return { uid: Number(uid), gid: Number(gid), home: home || "/" };
}

/** The name of the user with this id; undefined if this machine knows none. */
export async function nameOfUser(uid: number): Promise<string | undefined> {
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n");
  const line = lines.find((each) => each.split(":")[2] === String(uid)) ?? (await askNameServices(String(uid)));
  return line.split(":")[0] || undefined;
}

/** Users of LDAP and the like are not in /etc/passwd. */
async function askNameServices(user: string): Promise<string> {
  try {
    return (await promisify(execFile)("getent", ["passwd", "--", user])).stdout.trim();
  } catch {
    // Exit code 2: unknown there too. No getent: this machine knows no users but those of /etc/passwd.
    return "";
  }
}
