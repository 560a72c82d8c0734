import { readFileSync } from "node:fs";
import { connect, Socket } from "node:net";
import { RELAY_LOST, RELAY_WORD } from "./relay-words.ts";
import { frame, frameReader } from "./command-frames.ts";
import type { CommandExit, CommandJob, FrameKind } from "./command-frames.ts";

/**
 * Stands for a command that runs as another user: a runner starts it in the command's place. It hands the job, read from its file descriptor 3, to the socket that its
 * argument names, passes input, output and SIGTERM on, and ends as the command does. The command ends when this process does.
 */

const job = readFileSync(3, "utf8");
const { hasInput, graceMs } = JSON.parse(job) as CommandJob;
const [door = ""] = process.argv.slice(2);
const streams = { output: new Socket({ fd: 1, readable: false }), error: new Socket({ fd: 2, readable: false }) };
const connection = connect(door);
let isOver = false;

for (const stream of Object.values(streams)) stream.on("error", () => {}).on("drain", () => connection.resume());
connection.on("connect", () => {
  connection.write(frame("job", job));
  if (hasInput) passInput();
});
connection.on("data", frameReader(hear));
connection.on("error", ({ message }) => lose(message));
connection.on("close", () => lose(`the unit behind ${door} ended before the command did`));
process.on("SIGTERM", () => {
  // Before the command has begun, there is nothing to end.
  if (connection.connecting) process.exit(143);
  connection.write(frame("terminate", String(graceMs)));
});

function hear(kind: FrameKind, payload: Buffer): void {
  if (kind === "output" || kind === "error") {
    if (!streams[kind].write(payload)) connection.pause();
  } else if (kind === "taken") {
    process.stdin.resume();
  } else if (kind === "failure") {
    lose(payload.toString());
  } else if (kind === "exit") {
    leave(JSON.parse(payload.toString()) as CommandExit);
  }
}

/** A single piece at a time is under way, so that SIGTERM never waits behind input that the command does not read. */
function passInput(): void {
  process.stdin.on("data", (chunk: Buffer) => {
    process.stdin.pause();
    connection.write(frame("input", chunk));
  });
  process.stdin.on("end", () => connection.write(frame("end")));
}

function lose(reason: string): void {
  if (isOver) return;
  isOver = true;
  streams.error.write(`${RELAY_WORD}${reason}\n`);
  drain(() => process.exit(RELAY_LOST));
}

function leave({ exitCode, signal }: CommandExit): void {
  isOver = true;
  drain(() => {
    if (signal === null) process.exit(exitCode ?? 1);
    process.removeAllListeners("SIGTERM");
    process.kill(process.pid, signal);
  });
}

function drain(then: () => void): void {
  streams.output.end(() => streams.error.end(then));
}
