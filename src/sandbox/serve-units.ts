import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../domain/message-of.ts";
import type { Processes } from "../host/processes.ts";
import type { Inhabitant, Mount } from "./start-in.ts";
import { unitRequest } from "./unit-request.ts";
import type { AllowedUnits } from "./unit-request.ts";

/** The sandbox's places for the socket and the program that asks. */
const PLACE = "/run/fraisier";
const SYSTEMCTL = "/usr/bin/systemctl";
/** As long as fraisier itself waits for a unit. */
const TIMEOUT_MS = 15 * 60_000;
const MAX_REQUEST = 64 * 1024;

/** Stands in the place of systemctl(1) in the sandbox: hands its words to the runner, and ends as the runner says. */
const PROGRAM = `#!${PLACE}/node
const socket = require("node:net").connect("${PLACE}/units");
let answer = "";
socket.setEncoding("utf8").on("data", (text) => { answer += text; });
socket.on("error", (error) => { console.error("systemctl: fraisier does not answer: " + error.message); process.exitCode = 1; });
socket.on("end", () => {
  const { exitCode, stdout, stderr } = JSON.parse(answer);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
});
socket.write(JSON.stringify(process.argv.slice(2)) + "\\n");
`;

interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface ServeOptions {
  readonly processes: Processes;
  readonly allowed: AllowedUnits;
  readonly inhabitant: Inhabitant;
  readonly signal: AbortSignal | undefined;
  /** Hears of every request. */
  log(line: string): void;
}

/** A systemctl for one sandbox, until disposed of. */
export interface UnitServer extends AsyncDisposable {
  readonly mounts: readonly Mount[];
}

/** Answers the calls of systemctl(1) that commands in a sandbox make. A call that is not allowed by name never reaches systemd. */
export async function serveUnits(options: ServeOptions): Promise<UnitServer> {
  const { inhabitant } = options;
  const folder = mkdtempSync(join(tmpdir(), "fraisier-units-"));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o755 });
    return join(folder, name);
  };
  const program = file("systemctl", PROGRAM);
  // The place of a mount must be there.
  file("node", "");
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    void answerOn(socket, options);
  });
  const path = join(folder, "units");
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  chmodSync(path, 0o600);
  if (inhabitant.uid !== process.getuid?.())
    for (const each of [path, folder]) chownSync(each, inhabitant.uid, inhabitant.gid);
  return {
    mounts: [
      { place: PLACE, source: folder, access: "read" },
      { place: `${PLACE}/node`, source: process.execPath, access: "read" },
      // A machine without systemd has no such place, and nothing to ask.
      ...(existsSync(SYSTEMCTL) ? [{ place: SYSTEMCTL, source: program, access: "read" } as const] : []),
    ],
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answerOn(socket: Socket, options: ServeOptions): Promise<void> {
  const words = await wordsFrom(socket);
  if (words === undefined) {
    socket.destroy();
    return;
  }
  socket.end(JSON.stringify(await answerTo(words, options)));
}

/** A line of JSON; undefined if a command sends something else. */
async function wordsFrom(socket: Socket): Promise<readonly string[] | undefined> {
  let text = "";
  socket.setEncoding("utf8");
  await new Promise<void>((resolve) => {
    socket.on("close", resolve).on("end", resolve);
    socket.on("data", (more: string) => {
      text += more;
      if (text.includes("\n") || text.length > MAX_REQUEST) resolve();
    });
  });
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === "string") ? words : undefined;
  } catch {
    return undefined;
  }
}

async function answerTo(words: readonly string[], { processes, allowed, signal, log }: ServeOptions): Promise<Answer> {
  const request = unitRequest(words, allowed);
  if ("refusal" in request) {
    log(`refused: systemctl ${words.join(" ")}: ${request.refusal}`);
    return { exitCode: 1, stdout: "", stderr: `systemctl: ${request.refusal}\n` };
  }
  try {
    const result = await processes.run(request.argv, {
      cwd: "/",
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
      timeoutMs: TIMEOUT_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    const exitCode = result.exitCode ?? 1;
    log(`systemctl ${words.join(" ")}: exit code ${exitCode}`);
    return { exitCode, stdout: result.stdout, stderr: result.stdout === "" ? result.tail : "" };
  } catch (error) {
    const message = messageOf(error);
    return { exitCode: 1, stdout: "", stderr: `systemctl: ${message}\n` };
  }
}
