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
  /** Told at once who was started: a name by which `endLeftOver` finds it again. When it fails, the command is ended and the failure passed on. */
  onStart?(name: string): Promise<void>;
  /** Written to the child's standard input, which is closed otherwise. */
  readonly input?: string;
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
  readonly durationMs: number;
}

export interface Processes {
  /**
   * Runs a command to its end in a process group of its own. Never rejects for what the command does; throws
   * HostUnavailable when it cannot be started (missing program, unknown user). Whatever the command leaves behind in
   * its group is killed: a service is started by its service manager, not by a build.
   */
  run(command: Command, options: ProcessOptions): Promise<ProcessResult>;
  /** Ends a command that outlived the process that started it, with its group. False when there is none any more. */
  endLeftOver(name: string): Promise<boolean>;
  /** Where the program is that this name would start, looked for on `path` (a PATH); undefined when there is none. */
  find(program: string, path: string | undefined): Promise<string | undefined>;
}
