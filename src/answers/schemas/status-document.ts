import { z } from "zod";
import type { Described } from "./described.ts";
import { time, version } from "./common-fields.ts";
import { targetStatus } from "./target-fields.ts";

const problem = z
  .strictObject({
    file: z.string(),
    line: z.number().int(),
    column: z.number().int(),
    path: z.string().describe("The place in the data."),
    message: z.string(),
    severity: z.enum(["error", "warning"]),
  })
  .meta({ id: "ConfigProblem", description: "A mistake in fraises.yaml." });

const daemon = z
  .strictObject({
    pid: z.number().int(),
    listen: z.string().describe("The address that it listens on."),
    version: z.string().describe("The version of fraisier that it runs."),
    started_at: time,
    config_file: z.string(),
    config_read_at: time,
    outdated: z.boolean().describe("Whether it is older than the store, so that it only reads."),
    needs_reload: z.boolean().describe("Whether fraises.yaml was changed since it was read."),
    reload_failure: z
      .strictObject({ at: time, message: z.string(), problems: z.array(problem) })
      .nullable()
      .describe("Why the last reload changed nothing; null if it went well."),
    troubles: z
      .array(
        z.strictObject({
          kind: z.enum(["forge", "target", "restart", "traces"]),
          subject: z.string(),
          message: z.string().describe("A whole sentence with the remedy."),
        }),
      )
      .describe("The settings that do not work."),
    store_away: z
      .strictObject({ since: time.nullable(), error: z.string() })
      .optional()
      .describe("Why this daemon cannot reach the server of the store, though the command can; absent if it can."),
  })
  .meta({ id: "Daemon", description: "The daemon of this machine." });

const configuration = z
  .strictObject({
    target: z.string().describe("The target that brings fraises.yaml from git."),
    file: z.string().describe("Its path in the repository."),
    revision: z.string().nullable().describe("The revision in force; null as long as none was deployed."),
    unused: z.array(z.string()).describe("The keys of the local fraises.yaml that do not count while it is."),
  })
  .meta({ id: "Configuration", description: "The origin of fraises.yaml, if it comes from git." });

export const statusDocumentSchema = z
  .strictObject({
    version,
    targets: z.array(targetStatus).describe("By name."),
    daemon: daemon.nullable().describe("Null if no daemon runs here."),
    configuration: configuration.optional().describe("Absent if the local fraises.yaml alone counts."),
  })
  .meta({ id: "Status", description: "The state of targets and of the daemon: `fraisier status --json`." });

export type StatusDocument = Described<typeof statusDocumentSchema>;
export type TargetStatus = StatusDocument["targets"][number];
