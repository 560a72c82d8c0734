import { HostUnavailable } from "../domain/errors.ts";
import { accountOf } from "./accounts.ts";
import type { Account } from "./accounts.ts";
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
  // A user without a name, as in containers, has no groups to look up.
  const groups = accountOf(account.uid) === undefined ? "--clear-groups" : "--init-groups";
  return {
    argv: [setpriv, `--reuid=${account.uid}`, `--regid=${account.gid}`, groups, "--", ...argv],
    env: { ...env, HOME: account.home, USER: user, LOGNAME: user },
  };
}

/** @throws HostUnavailable when there is no such user. */
export async function findAccount(user: string): Promise<Account> {
  const account = accountOf(user) ?? (/^\d+$/.test(user) ? accountOf(Number(user)) : undefined);
  if (account !== undefined) return account;
  if (/^\d+$/.test(user)) return { name: user, uid: Number(user), gid: Number(user), home: "/" };
  throw new HostUnavailable(`there is no user ${user} on this machine`, {
    hint: `Make it (adduser --system ${user}), or mend the key \`user\`.`,
  });
}
