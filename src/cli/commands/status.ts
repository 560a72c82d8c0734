import type { StatusDocument } from "../../answers/schemas/status-document.ts";
import { short } from "../../domain/decision.ts";
import type { Invocation } from "../command-entry.ts";
import { daemonNotes } from "../daemon/daemon-notes.ts";
import { harmless } from "../../domain/harmless.ts";
import { growingStatus, sandboxNotes, statusTable, targetNotes } from "../print/status-table.ts";
import type { RowTaker } from "../server/status-in-rows.ts";
import { withServer } from "../server/with-server.ts";
import { NO_FRAISES } from "../targets/no-fraises.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";

/** `fraisier status [target]`. */
export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  return await withServer(options, "look", async (server) => {
    let rows: ReturnType<typeof growingStatus> | undefined;
    const takeRows: RowTaker = (foreseen) => {
      rows = growingStatus(foreseen, print);
      return rows.row;
    };
    const status = await server.status({ args, options }, print.isJson ? undefined : takeRows);
    if (print.isJson) {
      print.json(status);
      return 0;
    }
    if (status.targets.length === 0) print.line(NO_FRAISES);
    else if (rows === undefined) statusTable(status.targets, print);
    else rows.end();
    for (const line of targetNotes(status.targets, print)) print.prose("", line);
    const file = server.file ?? status.daemon?.config_file ?? "";
    const notes = [...sandboxNotes(status.targets), ...daemonNotes(status.daemon, file), ...unusedKeys(status, file)];
    for (const note of notes) print.prose("", print.style("yellow", harmless(note)));
    return 0;
  });
}

/** Tells a person that parts of the local file do not count, as fraises.yaml comes from git. */
function unusedKeys({ configuration }: StatusDocument, file: string): readonly string[] {
  if (configuration === undefined || configuration.unused.length === 0) return [];
  const { revision, target, unused } = configuration;
  return [
    `Revision ${short(revision ?? "")} of ${target} is in force. ${file} differs; these keys of it do not count: ${unused.join(", ")}.`,
  ];
}
