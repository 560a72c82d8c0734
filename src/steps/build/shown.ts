import type { Command } from "../../host/processes.ts";

/** A command as a person would type it. */
export function shown(command: Command): string {
  return typeof command === "string" ? command : command.map(quoted).join(" ");
}

/** A word as a person would type it to a shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
