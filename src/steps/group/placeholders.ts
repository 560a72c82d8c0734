import { basename, dirname } from "node:path";
import type { Command } from "../../host/processes.ts";
import { quoted } from "../build/shown.ts";

/** The meaning of each `{…}` in a group's command, and the variable that holds the same. */
const VARIABLES: Readonly<Record<string, string>> = {
  file: "FRAISIER_FILE",
  function_name: "FRAISIER_FUNCTION_NAME",
  service_name: "FRAISIER_SERVICE_NAME",
};

const PLACEHOLDER = /\{(file|function_name|service_name)\}/g;

/** The values for one file. `function_name` is the folder it lies in (`functions/hello/index.ts`: hello), `service_name` its own name. */
export function placeholderVariables(file: string): Readonly<Record<string, string>> {
  const folder = dirname(file);
  return {
    // A name that begins with a dash would read as an option.
    FRAISIER_FILE: file.startsWith("-") ? `./${file}` : file,
    FRAISIER_FUNCTION_NAME: folder === "." ? "" : basename(folder),
    FRAISIER_SERVICE_NAME: basename(file),
  };
}

/**
 * A command for one file. In argv the values stand as they are; in a shell line each placeholder becomes a quoted variable, so that no name of a file, whatever
 * it holds, is read by the shell as its own language. A configuration in which that could not be so is refused (misused-placeholder.ts).
 */
export function fillPlaceholders(command: Command, variables: Readonly<Record<string, string>>): Command {
  if (typeof command === "string")
    return command.replaceAll(PLACEHOLDER, (_, name: string) => `"$${VARIABLES[name] ?? ""}"`);
  return command.map((word) =>
    word.replaceAll(PLACEHOLDER, (_, name: string) => variables[VARIABLES[name] ?? ""] ?? ""),
  );
}

/** The placeholders a command names. */
export function placeholdersIn(command: Command): readonly string[] {
  return [command].flat().flatMap((text) => [...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ""));
}

/** For people: the command as it would run for the file. */
export function filledForPeople(command: Command, variables: Readonly<Record<string, string>>): Command {
  return typeof command === "string"
    ? command.replaceAll(PLACEHOLDER, (_, name: string) => quoted(variables[VARIABLES[name] ?? ""] ?? ""))
    : fillPlaceholders(command, variables);
}
