import { FraisierError } from "../domain/errors.ts";
import type { Account } from "./accounts.ts";
import { localFiles } from "./local-files.ts";
import { localGit } from "./local-git.ts";

/**
 * A process of its own that root starts, and that becomes another user for good before it touches anything. It does for root the work in the folders of that
 * user, and no link of that user leads it to a place where that user may not go.
 */

/** The request: a method of Files or Git. */
export interface ForeignRequest {
  readonly id: number;
  readonly family: "files" | "git";
  readonly method: string;
  readonly args: readonly unknown[];
  /** The last argument has an `onLine` and a `signal` at the other end. */
  readonly isTold: boolean;
}

/** An earlier request is no longer wanted. */
export interface ForeignAbort {
  readonly abort: number;
}

export type ForeignReply =
  | { readonly id: number; readonly line: string }
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number;
      readonly failure: { readonly kind: string; readonly message: string; readonly hint: string | undefined };
    };

// Loaded as root: the other user may not be allowed to read this program.
await import("simple-git");
become(JSON.parse(process.argv[2] ?? "{}") as Account);

const running = new Map<number, AbortController>();
const methods = { files: localFiles, git: localGit } as unknown as Record<
  ForeignRequest["family"],
  Record<string, (...args: readonly unknown[]) => Promise<unknown>>
>;

process.on("message", (message: ForeignRequest | ForeignAbort) => {
  if ("abort" in message) running.get(message.abort)?.abort();
  else void answer(message);
});
// The process that asked is gone; a git that was started is ended as for every runner that died.
process.once("disconnect", () => process.exit());

async function answer({ id, family, method, args, isTold }: ForeignRequest): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  const [last, ...before] = args.toReversed();
  const told = { onLine: (line: string) => reply({ id, line }), signal: controller.signal };
  const complete = isTold ? [...before.toReversed(), { ...(last as object), ...told }] : args;
  try {
    reply({ id, value: await methods[family][method]?.(...complete) });
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    const kind = error instanceof Error ? error.name : "Error";
    reply({ id, failure: { kind, message, hint: error instanceof FraisierError ? error.hint : undefined } });
  } finally {
    running.delete(id);
  }
}

function reply(message: ForeignReply): void {
  if (process.connected) process.send?.(message);
}

function become({ name, uid, gid, home }: Account): void {
  if (/^\d+$/.test(name)) process.setgroups?.([gid]);
  else (process as unknown as { initgroups(user: string, group: number): void }).initgroups(name, gid);
  process.setgid?.(gid);
  process.setuid?.(uid);
  Object.assign(process.env, { HOME: home, USER: name, LOGNAME: name });
  process.chdir("/");
}
