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

function storeKeys({ secret, text, bound, size, whole }: Fields) {
  return z
    .strictObject({
      url: secret
        .optional()
        .meta(
          means(
            "The place where fraisier remembers everything: a file (a relative path is relative to this file), or a database on a PostgreSQL server, `postgres://fraisier@db.example.com/fraisier?sslmode=verify-full`",
            "`sqlite:/var/lib/fraisier/fraisier.db`",
          ),
        ),
      password: secret
        .optional()
        .describe("The password for a store on PostgreSQL, in place of one in `url`")
        .meta({ examples: ["!file store-password"] }),
      direct_url: text
        .optional()
        .describe(
          "The PostgreSQL server itself, without a password, if `url` leads to a pooler in transaction mode, such as PgBouncer: listening and the names of hosts need sessions of their own",
        )
        .meta({ examples: ["postgres://fraisier@db.example.com/fraisier?sslmode=verify-full"] }),
      patience: bound.optional().meta({
        ...means(
          "How long a runner waits for a store on PostgreSQL that is away, before it takes back what it began. A store in a file has no such key",
          "10 minutes",
        ),
        examples: ["10m"],
      }),
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

function serverKeys(kinds: Fields) {
  const { text, addressRange, listOf } = kinds;
  const label = z.string().regex(/^[\w.-]{1,100}(?:=[\w.-]{1,100})?$/, "a label has letters, digits, dots, _ and -");
  const socketPath = text.refine((path) => path.startsWith("/"), "the path of a socket begins with /");
  return z
    .strictObject({
      name: text
        .refine(isHostName, "a host's name has letters, digits, dots, _ and -, up to 253 of them")
        .optional()
        .meta(means("The name of this host among those that share a store on PostgreSQL", "the name of the machine")),
      labels: z
        .union([
          listOf(label),
          z.record(label, label).transform((pairs) => Object.entries(pairs).map(([key, value]) => `${key}=${value}`)),
        ])
        .default([])
        .describe("Labels of this host; a map `{ role: web }` stands for the label `role=web`")
        .meta({ examples: ["[web, eu]"] }),
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
      traces: tracesKeys(kinds).optional().describe("The receiver of traces of deployments; without it, none are made"),
    })
    .prefault({})
    .describe("The HTTP server");
}

function isHostName(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,252}$/.test(name);
}

function tracesKeys({ text, secret, bound }: Fields) {
  const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, "a header's name has letters, digits and -");
  return z.strictObject({
    url: text
      .transform((value, context) => {
        const url = URL.parse(value);
        const problem = receiverProblem(url);
        if (problem === undefined && url !== null) return wholeUrl(url);
        context.addIssue({ code: "custom", message: problem ?? "" });
        return z.NEVER;
      })
      .describe(
        "The receiver of OTLP over HTTP, an OpenTelemetry collector for one; `/v1/traces` is added to a URL without a path",
      )
      .meta({ examples: ["http://127.0.0.1:4318"] }),
    headers: z
      .record(headerName, secret)
      .default({})
      .describe("Headers of each request; their values are secrets of the daemon, which no deployment may know")
      .meta({ examples: ['{ authorization: "Bearer ${TRACES_TOKEN}" }'] }),
    timeout: bound.default(10_000).describe("How long the receiver may take for one request"),
  });
}

function receiverProblem(url: URL | null): string | undefined {
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
    return "the receiver of traces is named by an http or https URL, http://127.0.0.1:4318";
  if (url.username !== "" || url.password !== "")
    return "the URL of the receiver has no user and password in it: write a header authorization under headers";
  return undefined;
}

function wholeUrl(url: URL): string {
  if (url.pathname === "/") url.pathname = "/v1/traces";
  return url.href;
}
