import { FILE_HEADERS_ONLY, createTwoFilesPatch } from "diff";
import type { Document } from "yaml";
import { families } from "../../app.ts";
import { editText } from "../../config/edit-text.ts";
import { findConfig } from "../../config/find-config.ts";
import { parseConfig } from "../../config/load.ts";
import { HostUnavailable, UsageError } from "../../domain/errors.ts";
import { localFiles } from "../../host/local-files.ts";
import type { Invocation } from "../command-entry.ts";
import { harmless } from "../print.ts";
import type { Print } from "../print.ts";
import type { TargetOptions } from "./target-command.ts";

/**
 * Changes fraises.yaml and shows how, or only shows it. What would not load is not written.
 * @param done what to say once it is done; empty where a question follows.
 * @throws ConfigError with what is wrong in the text as it would be.
 */
export async function editFile(
  { options, print }: Invocation<TargetOptions>,
  change: (document: Document) => void,
  done: string,
): Promise<void> {
  const file = findConfig(options.config);
  const text = await localFiles.readText(file);
  if (text === undefined) throw new UsageError(`there is no ${file}`);
  const edited = editText(text, change);
  // A file that is no YAML at all is left alone, and says so here.
  parseConfig(edited === "" ? text : edited, file, families, process.env);
  const diff = edited === text ? "" : difference(file, text, edited);
  const isWritten = diff !== "" && options.dryRun !== true;
  if (isWritten) {
    if ((await localFiles.readText(file)) !== text) {
      throw new HostUnavailable(`${file} was changed by somebody else at this moment`, { hint: "Try again." });
    }
    await localFiles.rewriteText(file, edited);
  }
  if (print.isJson) {
    print.json({ file, diff, written: isWritten });
    return;
  }
  showDiff(diff, print);
  if (diff === "") print.line(`${file} says so already: nothing was changed`);
  else if (isWritten) print.line(`${done}; a running daemon takes it up when it starts again`);
  else if (done !== "") print.line("dry run: nothing was written");
}

function difference(file: string, before: string, after: string): string {
  return createTwoFilesPatch(file, file, before, after, "before", "after", { headerOptions: FILE_HEADERS_ONLY });
}

function showDiff(diff: string, print: Print): void {
  for (const line of diff.split("\n").slice(0, -1)) {
    const text = harmless(line);
    if (line.startsWith("+")) print.line(print.style("green", text));
    else if (line.startsWith("-")) print.line(print.style("red", text));
    else print.line(line.startsWith("@@") ? print.style("cyan", text) : text);
  }
}
