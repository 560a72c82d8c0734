import { rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { HostUnavailable } from "../domain/errors.ts";
import { messageOf } from "../domain/message-of.ts";

/** The kernel keeps no longer path for a socket. */
const LONGEST_PATH = 107;
/** A question or an answer is never this large. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** A question for a process that is yet to start. */
export interface OpenQuestion {
  /** The id of the process that took it, as soon as one has. */
  readonly taken: Promise<number>;
  /** The answer of the process that takes it. Rejects if that process ends without an answer. */
  readonly answer: Promise<string>;
  /** Resolves once no process works on it. */
  readonly left: Promise<void>;
  /** Tells the process that takes it to end. No process can take it any more. */
  close(): void;
}

/** Puts a question at a path, where only processes of this user find it. The first that comes takes it. @throws HostUnavailable */
export async function putQuestion(path: string, question: string): Promise<OpenQuestion> {
  if (Buffer.byteLength(path) > LONGEST_PATH)
    throw new HostUnavailable(`${path} is too long for the path of a socket`, {
      hint: "Move the state folder: deployment.state_directory in fraises.yaml.",
    });
  const [taken, answer] = [Promise.withResolvers<number>(), Promise.withResolvers<string>()];
  const left = Promise.withResolvers<void>();
  // A caller that gave up waits for it no longer.
  answer.promise.catch(() => {});
  let taker: Socket | undefined;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // The end of the connection says it, too.
    socket.on("error", () => socket.destroy());
    if (taker !== undefined) {
      socket.destroy();
      return;
    }
    taker = socket;
    server.close();
    socket.once("close", left.resolve);
    readLines(socket, [(pid) => taken.resolve(Number(pid)), answer.resolve], answer.reject);
    socket.write(`${question}\n`);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      // Only this user may connect, from the moment in which the socket is made.
      const before = process.umask(0o177);
      server.listen(path, resolve);
      process.umask(before);
    });
  } catch (cause) {
    throw new HostUnavailable(`cannot listen on ${path}: ${messageOf(cause)}`, { cause });
  }
  return {
    taken: taken.promise,
    answer: answer.promise,
    left: left.promise,
    close() {
      server.close();
      rmSync(path, { force: true });
      if (taker === undefined) left.resolve();
      else taker.end();
    },
  };
}

/** A question that this process took. */
export interface TakenQuestion {
  readonly text: string;
  /** Aborts if the answer is not wanted any more. */
  readonly signal: AbortSignal;
  /** Hands the answer over. */
  reply(answer: string): Promise<void>;
}

/** Takes the question that waits at a path; undefined if there is none. */
export async function takeQuestion(path: string): Promise<TakenQuestion | undefined> {
  const socket = await opened(path);
  if (socket === undefined) return undefined;
  const gone = new AbortController();
  const end = (): void => gone.abort(new HostUnavailable("the daemon does not wait for the answer any more"));
  socket.once("end", end).once("close", end).on("error", end);
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  readLines(socket, [resolve], () => resolve(undefined));
  socket.write(`${process.pid}\n`);
  const text = await promise;
  if (text === undefined) return undefined;
  return {
    text,
    signal: gone.signal,
    reply: async (answer) => await new Promise((resolve) => socket.end(`${answer}\n`, resolve)),
  };
}

async function opened(path: string): Promise<Socket | undefined> {
  return await new Promise((resolve) => {
    const socket = connect({ path, allowHalfOpen: true });
    socket.once("connect", () => resolve(socket));
    // The usual case: a runner has a deployment, and no question has its id.
    socket.once("error", () => resolve(undefined));
  });
}

/** Hands each line to its reader. The reading goes on after the last one, so that the end is heard. @param none is called if a line is missing at the end. */
function readLines(socket: Socket, readers: readonly ((line: string) => void)[], none: (error: Error) => void): void {
  let text = "";
  let place = 0;
  const lose = (): void => none(new HostUnavailable("the process that was to answer ended without an answer"));
  socket.setEncoding("utf8").once("end", lose).once("close", lose);
  socket.on("data", (chunk: string) => {
    text += chunk;
    if (text.length > MAX_LENGTH) socket.destroy();
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n")) {
      readers[place++]?.(text.slice(0, end));
      text = text.slice(end + 1);
    }
  });
}
