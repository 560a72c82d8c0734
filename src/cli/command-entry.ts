import type { Print } from "./print/print.ts";

/** The arguments that every command gets beside its own. */
export interface Invocation<Options = Readonly<Record<string, unknown>>> {
  /** Positional arguments, in the order of the usage line; optional ones may be missing. */
  readonly args: readonly string[];
  readonly options: Options & GlobalOptions;
  readonly print: Print;
}

export interface GlobalOptions {
  /** `-c, --config`. */
  readonly config?: string;
  readonly json?: boolean;
}

/** The module of a command: loaded only when it runs. Gives the exit code. */
export interface CommandModule {
  run(invocation: Invocation<never>): Promise<number>;
}

/** `fallback` is a list for an option that may be given several times. */
export type CommandOption = readonly [flags: string, description: string, fallback?: string | readonly string[]];

/** A command as the help shows it. */
export interface CommandEntry {
  /** `deploy <fraise> <environment>`, as commander reads it. */
  readonly usage: string;
  readonly alias?: string;
  readonly summary: string;
  readonly group: "Deploying" | "Looking" | "Setting up" | "Running";
  /** Flags and descriptions, as commander reads them. */
  readonly options?: readonly CommandOption[];
  readonly hidden?: boolean;
  readonly load: () => Promise<CommandModule>;
}
