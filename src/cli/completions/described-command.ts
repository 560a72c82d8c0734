import type { CommandEntry } from "../command-entry.ts";

/** An option as shells and the manual page describe it. */
export interface DescribedOption {
  /** `-n`. */
  readonly short?: string;
  /** `--limit`. */
  readonly long: string;
  /** The name of its value; undefined for an option that takes none. */
  readonly value?: string;
  readonly summary: string;
  readonly isRepeatable: boolean;
}

/** A command of the table, with its usage and its options taken apart. */
export interface DescribedCommand {
  readonly names: readonly string[];
  readonly usage: string;
  readonly summary: string;
  readonly group: CommandEntry["group"];
  /** The words that its first argument may be, if these are fixed: `status`, `apply`, … */
  readonly actions: readonly string[];
  readonly options: readonly DescribedOption[];
}

/** Options that every command has. */
const COMMON: readonly DescribedOption[] = [
  { short: "-c", long: "--config", value: "file", summary: "the fraises.yaml to read", isRepeatable: false },
  { long: "--json", summary: "print JSON", isRepeatable: false },
  { short: "-h", long: "--help", summary: "say what there is", isRepeatable: false },
];

/** The commands that people can run, in the order of the help. */
export function describeCommands(commands: readonly CommandEntry[]): readonly DescribedCommand[] {
  return commands
    .filter(({ hidden }) => hidden !== true)
    .map(({ usage, alias, summary, group, options = [] }) => {
      const [name = "", first = ""] = usage.split(" ");
      const actions = first.includes("|") ? first.slice(1, -1).split("|") : [];
      return {
        names: [name, ...(alias === undefined ? [] : [alias])],
        usage,
        summary,
        group,
        actions,
        options: [...options.map((option) => describe(...option)), ...COMMON],
      };
    });
}

function describe(flags: string, summary: string, fallback?: string | readonly string[]): DescribedOption {
  const { short, long, value } =
    /^(?:(?<short>-\w), )?(?<long>--[\w-]+)(?: <(?<value>[^>]+)>)?$/.exec(flags)?.groups ?? {};
  if (long === undefined) throw new Error(`the option ${flags} is not written as -x, --name <value>`);
  return {
    long,
    summary,
    isRepeatable: typeof fallback === "object",
    ...(short === undefined ? {} : { short }),
    ...(value === undefined ? {} : { value }),
  };
}

/** Whether the value of an option is the path of a file. */
export function takesFile({ value }: DescribedOption): boolean {
  return value === "file" || value === "path";
}

/** `-n` and `--limit` of an option. */
export function flagsOf({ short, long }: DescribedOption): readonly string[] {
  return short === undefined ? [long] : [short, long];
}
