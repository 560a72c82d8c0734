import { z } from "zod";
import { PUBLIC_WORDS } from "../../domain/public-paths.ts";
import type { Families } from "../families.ts";
import type { Fields } from "./fields.ts";
import { forgeKeys } from "./forge-keys.ts";
import { freezeSchema } from "./freeze-settings.ts";
import { means } from "./means.ts";
import { sandboxMode } from "./sandbox-settings.ts";

/** Keys of the daemon itself: everything at the top but `fraises` and `branch_mapping`. */
export function daemonKeys({ forges }: Pick<Families, "forges">, kinds: Fields) {
  return {
    name: z.string().default("fraisier").describe("Name of this installation, for people"),
    git: forgeKeys(forges, kinds),
    store: storeKeys(kinds),
    deployment: deploymentKeys(kinds),
    server: serverKeys(kinds),
  };
}

function storeKeys({ secret, size, whole }: Fields) {
  return z
    .strictObject({
      url: secret
        .optional()
        .meta(
          means(
            "The place where fraisier remembers everything; a relative path is relative to this file",
            "`sqlite:/var/lib/fraisier/fraisier.db`",
          ),
        ),
      keep_payloads_days: whole.default(30).describe("For how many days the bodies of deliveries are kept"),
      keep_logs_days: whole.min(1).default(90).describe("For how many days the output of deployments is kept"),
      keep_history_days: whole
        .min(1)
        .default(365)
        .describe("For how many days deliveries and deployments are kept; what a rollback needs always stays"),
      max_size: size
        .default(2 * 2 ** 30)
        .describe(
          "Above this size of the store the oldest go before their days are over: refused requests, payloads, logs, then deliveries and deployments; those of the last hour stay",
        ),
    })
    .prefault({})
    .describe("The store");
}

function deploymentKeys({ text, duration, bound, whole, listOf }: Fields) {
  return z
    .strictObject({
      concurrency: whole.min(1).default(4).describe("Deployments at once; always one per target"),
      timeout: bound
        .default(1_200_000)
        .describe("When a deployment is ended and taken back, unless its environment says otherwise"),
      stuck_after: duration.default(300_000).describe("A phase that has not moved for so long is shown as stuck"),
      retries: whole
        .default(3)
        .describe(
          "How often a deployment is queued again by itself that failed for a reason that is not the revision's: its runner died, the disk was full, the remote was out of reach",
        ),
      keep_releases: whole.min(1).default(5).describe("Releases kept on disk, unless the environment says otherwise"),
      sandbox: sandboxMode()
        .default("auto")
        .describe("Whether commands of repositories run in a sandbox, unless a fraise or environment says otherwise"),
      state_directory: text
        .optional()
        .meta(means("Mirrors of repositories, and the key of variables", "the store's folder")),
      sweep_interval: duration
        .default(600_000)
        .describe("How often each repository is asked for pushes that led to no deployment; 0 turns it off"),
      freeze: listOf(freezeSchema)
        .default([])
        .describe("Times in which nothing starts by itself, whatever the target; it waits"),
    })
    .prefault({})
    .describe("Settings of all deployments");
}

function serverKeys({ text, addressRange, listOf }: Fields) {
  const socketPath = text.refine((path) => path.startsWith("/"), "the path of a socket begins with /");
  return z
    .strictObject({
      listen: text.default("127.0.0.1:8787").describe("Address and port for webhooks"),
      public_url: text.optional().describe("How forges reach it, for the URLs that `fraisier providers` shows"),
      trusted_proxies: listOf(addressRange)
        .default([])
        .describe("Addresses or ranges of addresses whose `X-Forwarded-For` is believed"),
      public: listOf(z.enum(PUBLIC_WORDS))
        .default([])
        .describe(
          "Paths that answer everybody, beside webhooks and `/health`, which says no more than that all is well",
        ),
      read_socket: socketPath
        .optional()
        .meta(
          means(
            "The unix socket of the API for the group fraisier-readers; it opens to questions",
            "`/run/fraisier/read.sock`, if systemd made that folder for the daemon",
          ),
        ),
      control_socket: socketPath
        .optional()
        .meta(
          means(
            "The unix socket of the API for the group fraisier-operators; it opens to everything that the scope `deploy` may do",
            "`/run/fraisier/control.sock`, if systemd made that folder for the daemon",
          ),
        ),
    })
    .prefault({})
    .describe("The HTTP server");
}
