import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { extname } from "node:path";
import * as errors from "../domain/errors.ts";
import type { Account } from "./accounts.ts";
import type { ForeignAbort, ForeignReply, ForeignRequest } from "./foreign-worker.ts";

/** The daemon looks at targets once a minute: between two looks no process waits. */
const IDLE_MS = 20_000;

/** The variables of this process that the other user's programs may know: none that could be a secret. */
const PASSED_ON =
  /^(PATH|LANG|LC_\w+|TZ|TMPDIR|GIT_SSL_CAINFO|SSL_CERT_(FILE|DIR)|(https?|all|no)_proxy|FRAISIER_DEPLOYMENT)$/i;

interface Told {
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Pending extends Told {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

interface Worker {
  readonly child: ChildProcess;
  readonly pending: Map<number, Pending>;
  idle: NodeJS.Timeout | undefined;
}

const workers = new Map<number, Worker>();
let lastId = 0;

/** Has a process of that user call a method of Files or Git. With `told` the last argument of the method gets its `onLine` and `signal`. */
export async function onBehalfOf(
  account: Account,
  { family, method, args }: Pick<ForeignRequest, "family" | "method" | "args">,
  told?: Told,
): Promise<unknown> {
  told?.signal?.throwIfAborted();
  const worker = workers.get(account.uid) ?? startWorker(account);
  lastId += 1;
  const id = lastId;
  clearTimeout(worker.idle);
  worker.child.ref();
  worker.child.channel?.ref();
  const abort = (): void => send(worker, { abort: id });
  told?.signal?.addEventListener("abort", abort, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.pending.set(id, { ...told, resolve, reject });
      send(worker, { id, family, method, args, isTold: told !== undefined });
    });
  } finally {
    told?.signal?.removeEventListener("abort", abort);
    worker.pending.delete(id);
    if (worker.pending.size === 0) rest(account, worker);
  }
}

function startWorker(account: Account): Worker {
  const file = new URL(`./foreign-worker${extname(import.meta.filename)}`, import.meta.url);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)));
  const child = fork(file, [JSON.stringify(account)], {
    env,
    execArgv: [],
    cwd: "/",
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const worker: Worker = { child, pending: new Map(), idle: undefined };
  workers.set(account.uid, worker);
  const end = (how: string): void => {
    if (workers.get(account.uid) === worker) workers.delete(account.uid);
    const failure = new errors.HostUnavailable(`the process that acts as ${account.name} ended: ${how}`);
    for (const { reject } of worker.pending.values()) reject(failure);
  };
  child.once("error", (error) => end(error.message));
  child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
  child.on("message", (reply: ForeignReply) => hear(worker, reply));
  return worker;
}

function hear({ pending }: Worker, reply: ForeignReply): void {
  const waiting = pending.get(reply.id);
  if ("line" in reply) waiting?.onLine?.(reply.line);
  else if ("failure" in reply) waiting?.reject(failureOf(reply.failure));
  else waiting?.resolve(reply.value);
}

/** An error of the same kind as at the other end. */
function failureOf({ kind, message, hint }: { kind: string; message: string; hint: string | undefined }): Error {
  const kinds = [
    errors.StepFailed,
    errors.RevisionGone,
    errors.HostUnavailable,
    errors.RemoteUnreachable,
    errors.DiskFull,
  ];
  const found = kinds.find(({ name }) => name === kind);
  return found === undefined ? new Error(message) : new found(message, hint === undefined ? {} : { hint });
}

function send({ child }: Worker, message: ForeignRequest | ForeignAbort): void {
  // A process that has ended fails what waits for it by its "exit".
  if (child.connected) child.send(message, () => {});
}

/** It keeps this process from ending no longer, and ends itself if nothing comes. */
function rest(account: Account, worker: Worker): void {
  worker.child.unref();
  worker.child.channel?.unref();
  worker.idle = setTimeout(() => {
    if (workers.get(account.uid) === worker) workers.delete(account.uid);
    if (worker.child.connected) worker.child.disconnect();
  }, IDLE_MS).unref();
}
