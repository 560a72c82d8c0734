import type { Readable, Writable } from "node:stream";
import type { EndMarkedOptions, Mark } from "./end-marked.ts";

/** A command: argv runs as it is, a string is a shell line (`/bin/sh -c`) that belongs to the operator. */
export type Command = readonly string[] | string;

export interface ProcessOptions {
  readonly cwd?: string;
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Run as this user (needs root; a no-op when we are that user already). */
  readonly user?: string;
  readonly timeoutMs: number;
  /** How long the group may take to end after SIGTERM, before SIGKILL; 5 s where undefined. */
  readonly graceMs?: number;
  /** Aborting ends the whole process group, like the time-out does. */
  readonly signal?: AbortSignal;
  /** Every line of output as it comes, without its line end; cut at 16 KiB. Invalid UTF-8 becomes U+FFFD. */
  onLine?(stream: "stdout" | "stderr", line: string): void;
  /**
   * The kernel kills the child's own process when this one dies, however it dies: for what must not go on when nobody is there any more to write
   * down what became of it. Needs setpriv(1) of util-linux; without it nothing happens.
   */
  readonly diesWithUs?: boolean;
  /** Written to the child's standard input, which is closed otherwise. */
  readonly input?: string;
  /**
   * Keeps standard input open after `input` until this aborts: a child that ends with its input holds what it holds for as long as we live,
   * and not a moment longer, however we end.
   */
  readonly inputUntil?: AbortSignal;
  /** Streamed to the child's standard input, however much it is. When it breaks, the child is ended and `run` rejects with its error. */
  readonly inputFrom?: Readable;
  /** Texts that the child reads to their end from its file descriptors 3, 4 and so on. */
  readonly texts?: readonly string[];
  /**
   * Takes standard output as it comes, however much it is and however slow it takes it; nothing of it is kept or split into lines. It is
   * ended when the output is. `run` resolves after that, and rejects with its error when it breaks.
   */
  readonly outputTo?: Writable;
}

export interface ProcessResult {
  /** The exit code, or undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  /** The last lines, both streams together, at most 64 KiB: for messages. */
  readonly tail: string;
  /** Standard output, at most 1 MiB: for programs whose answer is read. */
  readonly stdout: string;
  /** There was more of standard output than that. */
  readonly stdoutIsCut: boolean;
  readonly durationMs: number;
}

export interface Processes {
  /**
   * Runs a command to its end in a process group of its own. Never rejects for what the command does; throws HostUnavailable when it cannot be started (missing
   * program, unknown user). Processes that the command leaves behind in its group are killed: a service is started by its service manager, not by a build.
   */
  run(command: Command, options: ProcessOptions): Promise<ProcessResult>;
  /**
   * Ends every process of this machine whose environment holds this variable with this value, but not this one, nor those that hold one of
   * `unless`, nor those that lack one of `also`: SIGTERM, and SIGKILL after the grace. Only those that we may look at are found. Returns how many there were.
   */
  endMarked(mark: Mark, options?: EndMarkedOptions): Promise<number>;
  /** The path of the program that this name would start, looked for on `path` (a PATH); undefined when there is none. */
  find(program: string, path: string | undefined): Promise<string | undefined>;
}
