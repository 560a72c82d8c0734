import { Argument, Command, Option } from "commander";
import { programVersion } from "../program-version.ts";
import type { CommandEntry, CommandOption, GlobalOptions, RunnableCommand } from "./command-entry.ts";
import { entryNamed, nameOf } from "./command-entry.ts";
import { COMMANDS } from "./commands/index.ts";

/** Does the work of a command that was typed. */
export type Act = (entry: RunnableCommand, args: readonly string[], options: GlobalOptions) => Promise<void>;

/** The words of usage lines that need an explanation. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  target: "shop/production, or shop alone if it has one target; shop/production/job for a job",
  environment: "production, if the word before is shop alone",
  deployment: "an id, the first letters of one, `last`, or a target",
  delivery: "an id, the first letters of one, or `last`",
  subject: "an id of a delivery or a deployment, the first digits of a revision, or a target",
  backup: "an id, the first letters of one, or `last`",
  migration: "its name, as `fraisier migration list` prints it",
  token: "its name, or its id",
  context: "the name of a server that you logged in to; `host` is this machine",
  url: "https://deploy.example.com",
  name: "the name of the variable",
  value: "its value; without it, fraisier asks",
};

const NARROWEST = 40;
const WIDEST = 120;

/**
 * The program as commander runs it. Its commands are those that argv can mean: one if argv names one, else all of them, for the help and for suggestions. Building
 * all of them takes each start of a process several milliseconds.
 */
export function createProgram(argv: readonly string[], act: Act): Command {
  const program = new Command("fraisier")
    .description(
      "Takes every signed push live by its exact revision, takes it back when it does not hold, and says why.",
    )
    .exitOverride()
    // cli.ts reports errors.
    .configureOutput({ outputError: () => {}, getOutHelpWidth: () => helpWidth(), getErrHelpWidth: () => helpWidth() })
    .configureHelp({
      showGlobalOptions: true,
      minWidthToWrap: NARROWEST / 2,
      subcommandTerm: (command) => command.name(),
    })
    .helpOption("-h, --help", "say what there is")
    .version(programVersion(), "-V, --version", "say which version of fraisier this is")
    .option("-c, --config <file>", "fraises.yaml; else $FRAISIER_CONFIG, /etc/fraisier/fraises.yaml, ./fraises.yaml")
    .option("--context <name>", "ask this server, which you logged in to; `host` is this machine")
    .option("--json", "print JSON")
    .option("--absolute", "on a terminal, print times of the clock and not `3 min ago`")
    .option("--utc", "on a terminal, print times of the clock by UTC")
    .helpCommand(false);
  const named = entryNamed(COMMANDS, firstWord(argv));
  for (const entry of named === undefined ? COMMANDS : [named]) add(program, entry, act);
  if (named === undefined) addHelp(program);
  return program;
}

const TAKES_VALUE: ReadonlySet<string> = new Set(["-c", "--config", "--context"]);

/** The first word of argv that is neither an option nor the value of one that every command has. */
export function firstWord(argv: readonly string[]): string | undefined {
  return argv.find((word, index) => !word.startsWith("-") && !TAKES_VALUE.has(argv[index - 1] ?? ""));
}

function add(program: Command, entry: CommandEntry, act: Act): void {
  if (!("verbs" in entry)) {
    addRunnable(program, entry, act).helpGroup(`${entry.group}:`);
    return;
  }
  const { usage, summary, group, verbs, defaultVerb } = entry;
  const parent = program.command(usage).description(summary).helpGroup(`${group}:`).helpCommand(false);
  for (const verb of verbs) addRunnable(parent, verb, act, verb.usage === defaultVerb);
}

function addRunnable(parent: Command, entry: RunnableCommand, act: Act, isDefault = false): Command {
  const { alias, summary, options = [], examples, isHidden = false } = entry;
  const command = parent.command(nameOf(entry), { isDefault, hidden: isHidden }).description(summary);
  if (alias !== undefined) command.alias(alias);
  addArguments(command, entry);
  for (const option of options) addOption(command, option);
  if (examples.length > 0)
    command.addHelpText("after", `\nExample${examples.length === 1 ? "" : "s"}:\n  ${examples.join("\n  ")}`);
  return command.action(async () => {
    const args = command.processedArgs.filter((each) => typeof each === "string");
    await act(entry, args, command.optsWithGlobals());
  });
}

function addArguments(command: Command, { usage, choices }: RunnableCommand): void {
  const words = usage.split(" ").slice(1);
  command.usage(["[options]", ...words].join(" "));
  for (const [index, word] of words.entries()) {
    const name = word.slice(1, -1);
    // Any word behind an optional one may be the last: the command itself says if one is missing.
    const isLoose = words.slice(0, index).some((each) => each.startsWith("["));
    const argument = new Argument(isLoose ? `[${name}]` : word, ARGUMENTS[name]);
    command.addArgument(index === 0 && choices !== undefined ? argument.choices(choices) : argument);
  }
}

function addOption(command: Command, [flags, description, details = {}]: CommandOption): void {
  const { fallback, isRepeatable = false, choices, isOld = false } = details;
  const option = new Option(flags, description).hideHelp(isOld);
  if (choices !== undefined) option.choices(choices);
  if (fallback !== undefined) option.default(fallback);
  if (isRepeatable) option.argParser((value, before: readonly string[]): readonly string[] => [...before, value]);
  command.addOption(option);
  // A list without a value is empty; a default of commander would stand in the help.
  if (isRepeatable) command.setOptionValue(option.attributeName(), []);
}

/** `fraisier help target add`: the same as `fraisier target add --help`. */
function addHelp(program: Command): void {
  program
    .command("help [command] [verb]")
    .description("say how a command is used")
    .helpGroup("Running:")
    .action((...given: unknown[]) => {
      const words = given.slice(0, 2).filter((word) => typeof word === "string");
      const named = words.reduce((command, word): Command => {
        const next = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
        return next ?? command.error(`error: unknown command '${word}'`);
      }, program);
      named.outputHelp();
    });
  program.addHelpText(
    "after",
    "\nExit codes: 0 done, 1 a deployment failed, 2 command line or fraises.yaml, 3 this machine, 4 the store, or a file that is closed to you, 70 a bug.",
  );
}

function helpWidth(): number {
  const { isTTY, columns } = process.stdout;
  return isTTY ? Math.min(Math.max(columns, NARROWEST), WIDEST) : 80;
}
