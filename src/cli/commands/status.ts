import { answerStatus } from "../../answers/targets/answer-status.ts";
import type { App } from "../../compose/app.ts";
import type { Invocation } from "../command-entry.ts";
import { daemonNotes } from "../daemon/daemon-notes.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "../print/print.ts";
import { sandboxNotes, statusTable, targetNotes } from "../print/status-table.ts";
import { NO_FRAISES } from "../targets/no-fraises.ts";
import { targetFilter } from "../targets/target-filter.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import { withApp } from "../../compose/with-store.ts";

/** `fraisier status [target]`. */
export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  return await withApp(options.config, async (app) => {
    await show(app, args, options, print);
    return 0;
  });
}

async function show(app: App, words: readonly string[], options: TargetOptions, print: Print): Promise<void> {
  const targets = await targetFilter(app, words, options);
  const status = await answerStatus(app, { targets, host: app.host });
  if (print.isJson) {
    print.json(status);
    return;
  }
  if (status.targets.length === 0) print.line(NO_FRAISES);
  else statusTable(status.targets, print);
  for (const line of targetNotes(status.targets, print)) print.line(line);
  const notes = [...sandboxNotes(status.targets), ...daemonNotes(status.daemon, app.config.file)];
  for (const note of notes) print.line(print.style("yellow", harmless(note)));
}
