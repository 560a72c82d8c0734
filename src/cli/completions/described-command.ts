import type { CommandEntry, CommandGroup, CommandOption, RunnableCommand } from "../command-entry.ts";
import { nameOf } from "../command-entry.ts";

/** An option as shells, the manual page and the reference describe it. */
export interface DescribedOption {
  /** `-n`. */
  readonly short?: string;
  /** `--limit`. */
  readonly long: string;
  /** The name of its value; undefined for an option that takes none. */
  readonly value?: string;
  readonly summary: string;
  /** The value if the option is not given. */
  readonly fallback?: string;
  /** Every value that it takes; empty if any text may be one. */
  readonly choices: readonly string[];
  readonly isRepeatable: boolean;
  /** Whether its value is the name of a server that the person logged in to. */
  readonly isContext?: true;
}

/** A command of the table that does something, with its usage and its options taken apart. */
export interface DescribedCommand {
  /** `deploy` and `trigger-deploy`, or `target add`. */
  readonly names: readonly string[];
  /** `target add <target> [environment]`. */
  readonly usage: string;
  readonly summary: string;
  readonly group: CommandEntry["group"];
  /** Every word that its first argument may be; empty if any word may be one. */
  readonly choices: readonly string[];
  /** The kind of names that its first argument is one of, if there is a list of them at that moment. */
  readonly takes: LiveNames | undefined;
  readonly options: readonly DescribedOption[];
  readonly examples: readonly string[];
  /** Whether it can ask another machine, works on its own machine alone, or asks no fraisier at all. */
  readonly where: "server" | "host" | "anywhere";
}

/** Names that a shell asks for while a person types: of servers that the person logged in to, or of targets. */
export type LiveNames = "contexts" | "targets";

/** A noun with its verbs, as shells complete them. */
export interface DescribedNoun {
  readonly name: string;
  readonly summary: string;
  readonly verbs: readonly { readonly name: string; readonly summary: string }[];
  /** The verb that is meant if none is typed. */
  readonly defaultVerb: string | undefined;
}

/** The words that a command line can begin with. */
export interface CommandTree {
  readonly commands: readonly DescribedCommand[];
  readonly nouns: readonly DescribedNoun[];
}

/** Options that every command has. */
export const COMMON: readonly DescribedOption[] = [
  {
    short: "-c",
    long: "--config",
    value: "file",
    summary: "the fraises.yaml to read",
    choices: [],
    isRepeatable: false,
  },
  {
    long: "--context",
    value: "name",
    summary: "the server to ask, which you logged in to; `host` is this machine",
    choices: [],
    isRepeatable: false,
    isContext: true,
  },
  { long: "--json", summary: "print JSON", choices: [], isRepeatable: false },
  { long: "--absolute", summary: "print times of the clock", choices: [], isRepeatable: false },
  { long: "--utc", summary: "print times by UTC", choices: [], isRepeatable: false },
  { short: "-h", long: "--help", summary: "say what there is", choices: [], isRepeatable: false },
];

/** The commands that people can run, in the order of the help. */
export function describeCommands(entries: readonly CommandEntry[]): CommandTree {
  return {
    commands: entries.flatMap((entry) => {
      if ("verbs" in entry) return entry.verbs.map((verb) => described(verb, entry.group, `${nameOf(entry)} `));
      return entry.isHidden === true ? [] : [described(entry, entry.group)];
    }),
    nouns: entries.flatMap((entry) => ("verbs" in entry ? [describedNoun(entry)] : [])),
  };
}

function describedNoun(entry: CommandGroup): DescribedNoun {
  const verbs = entry.verbs.map((verb) => ({ name: nameOf(verb), summary: verb.summary }));
  return { name: nameOf(entry), summary: entry.summary, verbs, defaultVerb: entry.defaultVerb };
}

function described(entry: RunnableCommand, group: CommandEntry["group"], noun = ""): DescribedCommand {
  const { usage, alias, summary, choices = [], options = [], examples, asks, isForAnyServer } = entry;
  return {
    names: [nameOf(entry), ...(alias === undefined ? [] : [alias])].map((name) => noun + name),
    usage: noun + usage,
    summary,
    group,
    choices,
    takes: liveNamesOf(noun + usage),
    options: [...options.filter(([, , details]) => details?.isOld !== true).map(describedOption), ...COMMON],
    examples,
    where: asks ?? (isForAnyServer === true ? "anywhere" : "host"),
  };
}

function describedOption([flags, summary, details = {}]: CommandOption): DescribedOption {
  const { fallback, isRepeatable = false, isContext, choices = [] } = details;
  const { short, long, value } =
    /^(?:(?<short>-\w), )?(?<long>--[\w-]+)(?: <(?<value>[^>]+)>)?$/.exec(flags)?.groups ?? {};
  if (long === undefined) throw new Error(`the option ${flags} is not written as -x, --name <value>`);
  return {
    long,
    summary,
    choices,
    isRepeatable,
    ...(short === undefined ? {} : { short }),
    ...(value === undefined ? {} : { value }),
    ...(fallback === undefined ? {} : { fallback }),
    ...(isContext === undefined ? {} : { isContext }),
  };
}

/** A deployment and a subject of `why` can be named by their target, too. A target that is added has no name yet. */
function liveNamesOf(usage: string): LiveNames | undefined {
  if (usage.startsWith("target add ") || usage.startsWith("init ")) return undefined;
  const [, first = ""] = /^[^<[]*[<[](\w+)[>\]]/.exec(usage) ?? [];
  if (first === "context") return "contexts";
  return ["target", "deployment", "subject"].includes(first) ? "targets" : undefined;
}

/** The words of a command line that print such names, for scripts of shells. */
export function printNames(kind: LiveNames): string {
  return `complete ${kind} 2> /dev/null`;
}

/** Whether the value of an option is the path of a file. */
export function takesFile({ value }: DescribedOption): boolean {
  return value === "file" || value === "path";
}

/** `-n` and `--limit` of an option. */
export function flagsOf({ short, long }: DescribedOption): readonly string[] {
  return short === undefined ? [long] : [short, long];
}
