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
  /** `--context`: the server to ask. */
  readonly context?: string;
  readonly json?: boolean;
  readonly absolute?: boolean;
  readonly utc?: boolean;
}

/** The module of a command: loaded only when it runs. Gives the exit code. */
interface CommandModule {
  run(invocation: Invocation<never>): Promise<number>;
}

interface OptionDetails {
  /** The value of an option that is not given. */
  readonly fallback?: string;
  /** Whether the option may be given several times: its value is a list. */
  readonly isRepeatable?: true;
  /** Every value that the option takes. */
  readonly choices?: readonly string[];
  /** Whether the option takes the name of a server that the person logged in to. */
  readonly isContext?: true;
  /** An old spelling: it works, and no help shows it. */
  readonly isOld?: true;
}

/** Flags as commander reads them, and what the option does. */
export type CommandOption = readonly [flags: string, description: string, details?: OptionDetails];

interface NamedCommand {
  /** `deploy <target> [environment]`, as commander reads it. */
  readonly usage: string;
  /** Another name, such as the one that an older fraisier had. */
  readonly alias?: string;
  readonly summary: string;
}

/** A command that does something. */
export interface RunnableCommand extends NamedCommand {
  readonly options?: readonly CommandOption[];
  /** Every word that its first argument may be. */
  readonly choices?: readonly string[];
  /** Command lines that a person can type. */
  readonly examples: readonly string[];
  /** Another fraisier can be asked: by `--context` and the like. Without this, the command works on this machine alone. */
  readonly asks?: "server";
  /** It concerns no fraisier, or all that there are: FRAISIER_URL changes nothing about it. */
  readonly isForAnyServer?: true;
  /** Neither help nor completions show it. */
  readonly isHidden?: true;
  readonly load: () => Promise<CommandModule>;
}

/** A noun with verbs: `fraisier target add`. */
export interface CommandGroup extends NamedCommand {
  readonly verbs: readonly RunnableCommand[];
  /** The verb that is meant if none is typed. */
  readonly defaultVerb?: string;
}

export const HELP_GROUPS = ["Deploying", "Databases", "Looking", "Setting up", "Running"] as const;

/** A command as the table has it, with the paragraph of the help that it stands in. */
export type CommandEntry = (RunnableCommand | CommandGroup) & { readonly group: (typeof HELP_GROUPS)[number] };

/** `deploy` of `deploy <target> [environment]`. */
export function nameOf({ usage }: Pick<NamedCommand, "usage">): string {
  return usage.split(" ", 1)[0] ?? "";
}

/** The entry that a word names, by its name or its alias. */
export function entryNamed<Entry extends NamedCommand>(
  entries: readonly Entry[],
  word: string | undefined,
): Entry | undefined {
  if (word === undefined) return undefined;
  return entries.find((entry) => nameOf(entry) === word || entry.alias === word);
}
