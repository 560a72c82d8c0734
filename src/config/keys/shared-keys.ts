import { z } from "zod";
import { PHASES } from "../../domain/phase.ts";
import { commandKeys } from "./command-keys.ts";
import { databaseSchema } from "./database-settings.ts";
import type { Families } from "../families.ts";
import type { Fields, fields } from "./fields.ts";
import { freezeSchema } from "./freeze-settings.ts";
import { means } from "./means.ts";
import { needsField } from "./needs.ts";
import { sandboxKeys } from "./sandbox-settings.ts";
import { verifyFields } from "./verify-settings.ts";

/** Phases in which steps run. */
const TIMED_PHASES = PHASES.map(({ name }) => name).filter(
  (name) => name !== "queued" && name !== "active" && name !== "failed",
);

/** Keys that a fraise may set once for all its environments, and each environment for itself. inherited-keys.ts says which one counts. */
export function sharedKeys(families: Families, kinds: Fields) {
  return { ...releaseKeys(kinds), ...careKeys(families, kinds) };
}

/** How a release is made, and what must be there for it. */
function releaseKeys(kinds: Fields) {
  const { text, bound, size, whole, listOf } = kinds;
  const { commandSettings, buildSettings, hooks } = commandKeys(kinds);
  return {
    paths: listOf(text).optional().meta(means("Only pushes that touch these; `!` excludes", "every path")),
    install: commandSettings.optional().describe("Runs in the new release first: dependencies"),
    build: buildSettings
      .optional()
      .meta({ description: "Runs in the new release after `install`", examples: ["npm run build"] }),
    test: commandSettings.optional().describe("Runs in the new release after `build`; a failure ends the deployment"),
    hosts: listOf(text)
      .optional()
      .meta({
        ...means(
          "The host on which it lives, by its `server.name`; only with a store on PostgreSQL, which several hosts can share",
          "the host on which it was deployed first",
        ),
        examples: ["[web1]"],
      }),
    user: text
      .optional()
      .meta(means("The user that runs commands without a `user` (see docs/security.md)", "fraisier's own user")),
    ...sandboxKeys(kinds),
    layout: z
      .enum(["releases", "in_place"])
      .optional()
      .meta(means("Each revision in a folder of its own, or an existing checkout moved to it", "`releases`")),
    shared: listOf(text)
      .optional()
      .meta(means("Paths that releases share: kept below `<app_path>/shared` and linked into each", "none")),
    keep_releases: whole.min(1).optional().meta(means("Releases kept on disk", "`deployment.keep_releases`")),
    min_free_space: size.optional().meta(means("Space that must be free on disk before anything starts", "`256MiB`")),
    timeout: bound.optional().meta(means("When a deployment is ended and taken back", "`deployment.timeout`")),
    required_env_vars: listOf(text)
      .optional()
      .meta(
        means("Variables that must be there before anything starts: `fraisier env set`, or the daemon's own", "none"),
      ),
    needs: needsField(kinds).optional().describe("Things that must be there before anything starts, beside variables"),
    health_check: healthCheckKeys(kinds)
      .optional()
      .describe("How a new release proves that it works; a URL alone will do"),
    hooks: hooks.optional().describe("Commands of yours along the way, in the release, one after the other"),
  };
}

/** How a release is looked after: its database, and what happens if it fails. */
function careKeys(families: Families, kinds: Fields) {
  const { bound, listOf } = kinds;
  const phaseTimeouts = z.partialRecord(z.enum(TIMED_PHASES), bound);
  return {
    database: databaseSchema(families, kinds)
      .optional()
      .describe("The fraise's own database, and how its migrations are run"),
    rollback: z
      .strictObject({
        automatic: z.boolean().default(true).describe("Take a deployment back that failed"),
        restore_database: z
          .boolean()
          .default(false)
          .describe("Put the database back as it was before the deployment, in place of the migrations' own ways back"),
      })
      .optional()
      .describe("The fate of a deployment that failed after it went live"),
    freeze: listOf(freezeSchema)
      .optional()
      .meta(
        means("Times in which nothing starts by itself: it waits. `--override` goes ahead, and is recorded", "none"),
      ),
    phase_timeouts: phaseTimeouts.optional().meta({
      ...means("When a phase is ended, and the deployment taken back", "the deployment's `timeout`"),
      examples: ["{ building: 10m, health_check: 2m }"],
    }),
    ...verifyFields(families, kinds),
  };
}

/** `health_check:`, or its URL alone. */
function healthCheckKeys({ text, duration, bound }: ReturnType<typeof fields>) {
  const address = text.refine(
    (url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ""),
    "must be an http:// or https:// URL, like http://127.0.0.1:8000/health",
  );
  const object = z.strictObject({
    url: address.optional().describe("The URL that must answer; without it the service need only stay up"),
    expect_status: z.int().min(100).max(599).default(200).describe("The status it must answer with"),
    expect_body: text.optional().describe("Text that its body must contain"),
    timeout: bound.default(30_000).describe("Until when it must be healthy"),
    interval: duration.default(500).describe("How often it is asked"),
    stable_for: duration
      .default(5_000)
      .describe("How long it must stay healthy without a break, its unit neither failing nor restarting"),
  });
  return z.union([address.transform((url) => object.parse({ url })), object]);
}
