import { StepFailed } from "../domain/errors.ts";
import type { Account } from "./accounts.ts";
import { actingUser } from "./acting-user.ts";
import { exportAs } from "./export-as.ts";
import { foreignFiles } from "./foreign-files.ts";
import type { Git } from "./git.ts";
import { localGit } from "./local-git.ts";
import { onBehalfOf } from "./on-behalf.ts";

/** Methods whose first argument is a checkout, or a repository that may be the `.git` of one. */
const IN_REPOSITORY = [
  "checkoutState",
  "fetchIntoCheckout",
  "moveCheckout",
  "tagRevision",
  "pushTag",
  "isAncestor",
  "changedPaths",
  "message",
  "listFiles",
  "measure",
  "readFile",
] as const satisfies readonly (keyof Git)[];

/** Methods whose last argument has an `onLine` or a `signal`. */
const TOLD: ReadonlySet<string> = new Set(["fetchIntoCheckout", "pushTag"]);

/**
 * The git of this machine. If this process is root, git works in a checkout of another user as that user, with the settings and keys of that user. The files of
 * a revision are written into a folder of another user by its owner.
 */
export const foreignGit: Git = {
  ...localGit,
  ...(Object.fromEntries(IN_REPOSITORY.map((name) => [name, asOwner(name)])) as unknown as Pick<
    Git,
    (typeof IN_REPOSITORY)[number]
  >),

  async exportRevision(mirror, revision, folder, onFiles) {
    const account = await actingUser(folder);
    if (account === undefined) return await localGit.exportRevision(mirror, revision, folder, onFiles);
    if ((await foreignFiles.list(folder)).length > 0)
      throw new StepFailed(`cannot export into ${folder}: it is not empty`);
    await foreignFiles.makeFolder(folder);
    await exportAs(account, { mirror, revision, folder });
  },
};

function asOwner(method: (typeof IN_REPOSITORY)[number]): (...args: readonly unknown[]) => Promise<unknown> {
  const local = localGit[method] as (...args: readonly unknown[]) => Promise<unknown>;
  return async (...args) => {
    const account = await actingUser(String(args[0]));
    return account === undefined ? await local(...args) : await inRepositoryOf(account, method, args);
  };
}

async function inRepositoryOf(
  account: Account,
  method: (typeof IN_REPOSITORY)[number],
  args: readonly unknown[],
): Promise<unknown> {
  if (!TOLD.has(method)) {
    // Neither a signal nor a function can be sent to another process.
    const plain = args.filter((each) => !(each instanceof AbortSignal));
    return await onBehalfOf(account, { family: "git", method, args: plain });
  }
  const { onLine, signal, ...rest } = args.at(-1) as { onLine?: (line: string) => void; signal?: AbortSignal };
  return await onBehalfOf(account, { family: "git", method, args: [...args.slice(0, -1), rest] }, { onLine, signal });
}
