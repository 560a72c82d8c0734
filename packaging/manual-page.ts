// Prints the manual page fraisier(1), made from the table of commands.
import { HELP_GROUPS } from "../src/cli/command-entry.ts";
import { COMMANDS } from "../src/cli/commands/index.ts";
import { COMMON, describeCommands } from "../src/cli/completions/described-command.ts";
import type { DescribedCommand, DescribedOption } from "../src/cli/completions/described-command.ts";
import { programVersion } from "../src/program-version.ts";

const FILES = [
  ["/etc/fraisier/fraises.yaml", "what is deployed on this host"],
  ["/etc/fraisier/webhook-secrets", "secrets of webhooks, for the daemon alone: NAME=value lines"],
  ["/etc/fraisier/environment", "variables for targets: NAME=value lines"],
  ["/var/lib/fraisier", "the store, the key of variables, mirrors of repositories"],
  ["~/.config/fraisier/contexts.json", "the servers that this person logged in to, with their tokens"],
  ["/usr/share/doc/fraisier", "documentation; fraises.yaml there has every key, with comments"],
] as const;

const ENVIRONMENT = [
  ["FRAISIER_CONFIG", "the fraises.yaml to read, unless --config names one"],
  ["FRAISIER_URL", "the server to ask, unless --context or --config is given: https://deploy.example.com"],
  ["FRAISIER_TOKEN", "the token for that server"],
  ["FRAISIER_TOKEN_FILE", "a file that holds the token, if FRAISIER_TOKEN is not set"],
  ["FRAISIER_CONTEXTS", "the file of logins, if it is not ~/.config/fraisier/contexts.json"],
  ["NODE_EXTRA_CA_CERTS", "a file with certificates that are trusted, too"],
] as const;

const EXIT_STATUS = [
  ["0", "done"],
  ["1", "a deployment failed, was rolled back or cancelled"],
  ["2", "the command line or fraises.yaml cannot be used"],
  ["3", "this machine cannot do it, or the server that was asked does not answer"],
  ["4", "the store cannot be opened, read or written"],
  ["70", "a bug of fraisier"],
] as const;

function page(date: Date): string {
  const { commands } = describeCommands(COMMANDS);
  return `${[
    `.TH FRAISIER 1 ${date.toISOString().slice(0, 10)} "fraisier ${programVersion()}" "User Commands"`,
    ".SH NAME",
    String.raw`fraisier \- deployment daemon for people who run their own Linux hosts`,
    ".SH SYNOPSIS",
    ".B fraisier",
    String.raw`.I command`,
    String.raw`[\fIargument\fR ...] [\fIoption\fR ...]`,
    ".SH DESCRIPTION",
    "A push to a forge or to a bare repository reaches the daemon as a signed webhook;",
    "fraises.yaml says which targets it concerns.",
    "fraisier takes exactly the pushed revision live, and takes it back by itself when it does not hold.",
    ".SH COMMANDS",
    ...HELP_GROUPS.flatMap((group) => [
      `.SS ${escaped(group)}`,
      ...commands.filter((command) => command.group === group).flatMap(paragraph),
    ]),
    ".SH OPTIONS OF EVERY COMMAND",
    ...COMMON.flatMap(optionParagraph),
    ".SH EXIT STATUS",
    ...list(EXIT_STATUS),
    ".SH ENVIRONMENT",
    ...list(ENVIRONMENT),
    ".SH FILES",
    ...list(FILES),
    ".SH SEE ALSO",
    ".BR git (1),",
    ".BR systemctl (1),",
    ".BR journalctl (1)",
  ].join("\n")}\n`;
}

function paragraph({ usage, names, summary, options }: DescribedCommand): readonly string[] {
  const [name = ""] = names;
  const head = names.map((each) => String.raw`\fB${escaped(each)}\fR`).join(", ");
  const own = options.slice(0, -COMMON.length);
  return [
    ".TP",
    `${head}${escaped(usage.slice(name.length))}`,
    escaped(summary),
    // Those of every command stand in a section of their own.
    ...(own.length === 0 ? [] : [".RS", ...own.flatMap(optionParagraph), ".RE"]),
  ];
}

function optionParagraph({ short, long, value, summary }: DescribedOption): readonly string[] {
  const flags = [short, long].flatMap((each) => (each === undefined ? [] : [String.raw`\fB${escaped(each)}\fR`]));
  const given = value === undefined ? "" : String.raw` \fI${escaped(value)}\fR`;
  return [".TP", `${flags.join(", ")}${given}`, escaped(summary)];
}

function list(rows: readonly (readonly [string, string])[]): readonly string[] {
  return rows.flatMap(([name, text]) => [".TP", `.B ${escaped(name)}`, escaped(text)]);
}

/** roff reads a backslash, a hyphen and a dot or quote at the start of a line as its own. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", String.raw`\e`)
    .replaceAll("-", String.raw`\-`)
    .replace(/^[.']/, String.raw`\&$&`);
}

process.stdout.write(page(new Date(Number(process.env["SOURCE_DATE_EPOCH"] ?? Date.now() / 1000) * 1000)));
