import type { TargetDocument } from "../../answers/schemas/target-document.ts";
import { harmless } from "../../domain/harmless.ts";
import { setCommand } from "../../domain/variable.ts";
import type { Print } from "./print.ts";
import { targetNow } from "./target-now.ts";

/** Prints everything that is in force for a target. */
export function printTarget(document: TargetDocument, print: Print): void {
  const { target, type, description, repository, forge, branches, tags, paths, units, folders, status } = document;
  print.line(print.style("bold", harmless(`${target}  ${type}  ${document.file}`)));
  if (description !== "") print.line(harmless(description));
  const list = (names: readonly string[]): string | undefined => (names.length === 0 ? undefined : names.join(", "));
  facts(print, [
    ["now", targetNow(status, print)],
    ["live since", typeof status.active_since === "string" ? print.time(status.active_since) : undefined],
    ["hold", status.hold_reason ?? undefined],
    ["advice", status.advice ?? undefined],
    ["repository", `${repository} (${forge})`],
    ["branches", list(branches)],
    ["tags", list(tags)],
    ["paths", list(paths)],
    ["units", list(units)],
    ...Object.entries(folders).map(([name, folder]) => [`folder ${name}`, folder] as const),
  ]);
  print.line();
  print.table(
    ["SETTING", { title: "FROM", leaves: 1 }, "VALUE"],
    document.origins.map((each) => [each.key, harmless(originOf(each, document)), harmless(oneLine(each.value))]),
  );
  printVariables(document, print);
  printMigrations(document, print);
}

function facts(print: Print, rows: readonly (readonly [string, string | undefined])[]): void {
  print.facts(
    rows.flatMap(([label, text]): [string, string][] => (text === undefined ? [] : [[label, harmless(oneLine(text))]])),
  );
}

/** `fraise, line 12`; the file is named if it is another one than that of the daemon. */
function originOf({ from, file, line }: TargetDocument["origins"][number], { file: own }: TargetDocument): string {
  if (file === null || line === null) return from;
  return `${from}, ${file === own ? "" : `${file} `}line ${line}`;
}

function printVariables(document: TargetDocument, print: Print): void {
  const { variables, missing_variables: missing, ...key } = document;
  if (variables.length > 0) {
    print.line();
    print.table(
      ["VARIABLE", "SET", "BY"],
      variables.map((each) => [each.name, print.time(each.updated_at), harmless(each.updated_by)]),
    );
  }
  for (const name of missing) print.line(`required and not set: ${setCommand(key, name)}`);
}

function printMigrations({ migrations }: TargetDocument, print: Print): void {
  if (migrations === null || migrations.length === 0) return;
  print.line();
  print.table(
    ["MIGRATION", "STATUS", "APPLIED"],
    migrations.map((each) => [harmless(each.migration), each.status, print.time(each.applied_at)]),
  );
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ");
}
