import { z } from "zod";
import { target, time, version } from "./common-fields.ts";
import type { Described } from "./described.ts";

const drain = z
  .strictObject({ at: time, by: z.string(), reason: z.string() })
  .meta({ id: "Drain", description: "Somebody has a host start nothing more." });

const run = z
  .strictObject({
    ...target,
    id: z.string().describe("The deployment."),
    is_known: z.boolean().describe("False if its host is silent, so that nobody knows whether it still runs."),
  })
  .meta({ id: "HostRun", description: "A deployment that runs on a host." });

const host = z
  .strictObject({
    name: z.string().describe("`server.name` of its fraises.yaml."),
    labels: z.array(z.string()),
    state: z
      .enum(["alive", "silent"])
      .describe("`silent` if its daemon has given no sign of life for 30 seconds, by the clock of the store's server."),
    is_here: z.boolean().describe("Whether it is the host that answers."),
    version: z.string().nullable().describe("The version of fraisier that its daemon runs."),
    outdated: z.boolean().describe("Whether its daemon is older than the store, so that it only reads."),
    machine: z.string().nullable().describe("The name of the machine."),
    pid: z.number().int().nullable().describe("The process of its daemon."),
    listen: z.string().nullable().describe("The address that its daemon listens on."),
    started_at: time.nullable(),
    last_sign: time.nullable().describe("The last sign of life, by the clock of the store's server."),
    silent_seconds: z.number().nullable().describe("The time since then, by the same clock."),
    load_percent: z.number().nullable().describe("The load of the last minute in percent of its processors."),
    free_bytes: z.number().nullable().describe("Free on the fullest file system that deployments write to."),
    config_digest: z
      .string()
      .nullable()
      .describe("The digest of fraises.yaml without its sections `server` and `store`."),
    drained: drain.nullable().describe("Null for a host that starts what is queued."),
    leads: z
      .boolean()
      .describe(
        "Whether its daemon does what must be done once: it sweeps, forgets old records and notices what is stuck.",
      ),
    runs: z.array(run).describe("The deployments that run there."),
  })
  .meta({ id: "Host", description: "A host of the store, and its daemon." });

const difference = z
  .strictObject({
    what: z.enum(["version", "configuration"]),
    values: z
      .array(z.strictObject({ value: z.string(), hosts: z.array(z.string()) }))
      .describe("The most frequent first."),
  })
  .meta({ id: "HostDifference", description: "Something that hosts have not in common, though they should." });

export const hostsDocumentSchema = z
  .strictObject({
    version,
    hosts: z.array(host).describe("By name."),
    differences: z.array(difference).describe("Between the hosts that are not silent."),
  })
  .meta({ id: "Hosts", description: "The hosts that share the store: `fraisier hosts --json`." });

export type HostsDocument = Described<typeof hostsDocumentSchema>;
export type HostRow = HostsDocument["hosts"][number];
