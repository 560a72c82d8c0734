import type { Command, Help, Option } from "commander";
import { HELP_GROUPS } from "../src/cli/command-entry.ts";
import { COMMANDS } from "../src/cli/commands/index.ts";
import { describeCommands } from "../src/cli/completions/described-command.ts";
import { createProgram } from "../src/cli/create-program.ts";

/** Every command of commander's tree: its usage, its words, its options, and command lines to type. */
export function commandTables(): string {
  const program = createProgram([], async () => {});
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((each) => each.name() !== "help");
  const examples = new Map(describeCommands(COMMANDS).commands.map((each) => [each.names[0] ?? "", each.examples]));
  return [
    "## Options of every command",
    "",
    ...optionTable(help.visibleOptions(program)),
    ...HELP_GROUPS.flatMap((group) => [
      `## ${group}`,
      "",
      ...commands
        .filter((each) => each.helpGroup() === `${group}:`)
        .flatMap((each) => (each.commands.length === 0 ? [each] : help.visibleCommands(each)))
        .flatMap((each) => section(each, help, examples.get(nameIn(each, program)) ?? [], program)),
    ]),
  ].join("\n");
}

/** The commands that can ask another machine, and those that work only on their own. */
export function whereTable(): string {
  const commands = describeCommands(COMMANDS).commands.map(({ names: [name = ""], where }) => ({ name, where }));
  const named = (wanted: (typeof commands)[number]["where"]): string =>
    commands.flatMap(({ name, where }) => (where === wanted ? [`\`${name}\``] : [])).join(", ");
  return [
    "| where | commands |",
    "|---|---|",
    `| on any server, with the same words and exit codes | ${named("server")} |`,
    `| only on the machine of fraisier itself | ${named("host")} |`,
    `| only here: --context and FRAISIER_URL mean nothing to them | ${named("anywhere")} |`,
    "",
  ].join("\n");
}

function section(command: Command, help: Help, examples: readonly string[], program: Command): readonly string[] {
  const name = nameIn(command, program);
  const aliases = command.aliases().map((alias) => `\`${alias}\``);
  const noun = nounOf(command, program);
  const isDefault = noun !== undefined && defaultVerbs.get(noun) === command.name();
  return [
    `### fraisier ${name}`,
    "",
    [
      sentence(command.description()),
      ...(isDefault ? [`\`fraisier ${noun}\` alone means this verb.`] : []),
      ...(aliases.length === 0 ? [] : [`Another name: ${aliases.join(", ")}.`]),
    ].join(" "),
    "",
    ...block([`fraisier ${name} ${command.usage()}`]),
    ...wordTable(command),
    ...optionTable(help.visibleOptions(command).filter(({ long }) => long !== "--help")),
    ...(examples.length === 0 ? [] : block(examples)),
  ];
}

function block(lines: readonly string[]): readonly string[] {
  return ["```text", ...lines, "```", ""];
}

const defaultVerbs: ReadonlyMap<string, string | undefined> = new Map(
  describeCommands(COMMANDS).nouns.map(({ name, defaultVerb }) => [name, defaultVerb]),
);

/** `target add` of the command `add` below `target`. */
function nameIn(command: Command, program: Command): string {
  return [nounOf(command, program), command.name()].filter((word) => word !== undefined).join(" ");
}

function nounOf({ parent }: Command, program: Command): string | undefined {
  return parent === null || parent === program ? undefined : parent.name();
}

function wordTable({ registeredArguments: words }: Command): readonly string[] {
  const rows = words.flatMap((word) => {
    const meaning = [word.description, ...choicesOf(word.argChoices)].filter((each) => each !== "").join("; ");
    return meaning === "" ? [] : [[`\`${word.name()}\``, meaning]];
  });
  return table(["word", "meaning"], rows);
}

function optionTable(options: readonly Option[]): readonly string[] {
  return table(
    ["option", "meaning"],
    options.map((option) => {
      const fallback: unknown = option.defaultValue;
      const standard = typeof fallback === "string" ? [`standard: \`${fallback}\``] : [];
      return [`\`${option.flags}\``, [option.description, ...choicesOf(option.argChoices), ...standard].join("; ")];
    }),
  );
}

function choicesOf(choices: readonly string[] | undefined): readonly string[] {
  return choices === undefined ? [] : [`one of ${choices.map((each) => `\`${each}\``).join(", ")}`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const lines = [head, head.map(() => "---"), ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`,
  );
  return [...lines, ""];
}

/** A summary as a sentence of its own. */
function sentence(summary: string): string {
  return `${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`;
}
