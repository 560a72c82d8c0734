import { HostUnavailable } from "../domain/errors.ts";
import { accountOf } from "./accounts.ts";
import type { Account } from "./accounts.ts";

/** @throws HostUnavailable when there is no such user. */
export async function findAccount(user: string): Promise<Account> {
  const account = accountOf(user) ?? (/^\d+$/.test(user) ? accountOf(Number(user)) : undefined);
  if (account !== undefined) return account;
  if (/^\d+$/.test(user)) return { name: user, uid: Number(user), gid: Number(user), home: "/" };
  throw new HostUnavailable(`there is no user ${user} on this machine`, {
    hint: `Make it (adduser --system ${user}), or mend the key \`user\`.`,
  });
}
