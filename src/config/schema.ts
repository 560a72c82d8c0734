import { z } from "zod";
import { PHASES } from "../domain/phase.ts";
import { databaseSchema } from "./database-settings.ts";
import { freezeSchema } from "./freeze-settings.ts";
import { jobKeys } from "./job-keys.ts";
import { promotionFields } from "./promotion-settings.ts";
import { commandKeys } from "./command-keys.ts";
import { daemonKeys } from "./daemon-keys.ts";
import { environmentFile } from "./environment-file.ts";
import type { Families } from "./families.ts";
import { fields } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { healthCheckKeys } from "./health-check-keys.ts";
import { means } from "./means.ts";
import { needsField } from "./needs.ts";
import { sandboxKeys } from "./sandbox-settings.ts";
import type { Variables } from "./variables.ts";
import { verifyFields } from "./verify-settings.ts";

/** Phases in which steps run. */
const TIMED_PHASES = PHASES.map(({ name }) => name).filter(
  (name) => name !== "queued" && name !== "active" && name !== "failed",
);
const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/i;

export type RawConfig = z.output<ReturnType<typeof configSchema>>;
export type RawFraise = RawConfig["fraises"][string];
export type RawEnvironment = RawFraise["environments"][string];

/**
 * The shape of fraises.yaml. Deployers, forges and service managers hand in their own keys. Every key says here what it means (`.describe()`, or
 * `.meta(means(…))` with a default that is filled in elsewhere): docs/configuration.md is made from it by `npm run docs`.
 */
export function configSchema(families: Families, variables: Variables) {
  const { deployers, serviceManagers } = families;
  const kinds = fields(variables);
  const { text, secret, bound, size, whole, listOf } = kinds;
  const { commandSettings, buildSettings, hooks } = commandKeys(kinds);
  const name = z.string().regex(NAME, "a name has letters, digits, - and _, and starts with a letter or digit");
  const phaseTimeouts = z.partialRecord(z.enum(TIMED_PHASES), bound);
  const [firstManager, ...otherManagers] = serviceManagers.map((manager) =>
    z.strictObject({
      manager: z.literal(manager.name).describe("The manager that starts and stops the service"),
      ...manager.settings,
    }),
  );
  const service =
    firstManager === undefined ? z.never() : z.discriminatedUnion("manager", [firstManager, ...otherManagers]);

  /** Keys that a fraise may set once for all its environments, and each environment for itself. */
  const shared = {
    paths: listOf(text).optional().meta(means("Only pushes that touch these; `!` excludes", "every path")),
    install: commandSettings.optional().describe("Runs in the new release first: dependencies"),
    build: buildSettings
      .optional()
      .meta({ description: "Runs in the new release after `install`", examples: ["npm run build"] }),
    test: commandSettings.optional().describe("Runs in the new release after `build`; a failure ends the deployment"),
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
  const environment = {
    ...shared,
    ...promotionFields(kinds),
    branch: listOf(text).optional().describe("Branches that are deployed here: names or globs, `!` excludes"),
    branches: listOf(text).optional().describe("Another name for `branch`"),
    tags: listOf(text).optional().describe("Tags that are deployed here: names or globs, `!` excludes"),
    app_path: text.describe("Its folder on this machine; each target needs its own"),
    systemd_service: text.optional().describe("Short for `service: { manager: systemd, unit: … }`"),
    ...environmentFile(kinds),
    service: service.optional().describe("The service that is restarted on the new release"),
  };
  const fraise = {
    ...shared,
    description: z.string().default("").describe("For people"),
    repository: text.describe("`owner/name` as the forge writes it; subgroups allowed"),
    clone_url: secret.optional().meta(means("The URL that git fetches from", "`<forge>/<repository>.git`")),
    git: z
      .strictObject({
        provider: text.meta(means("The forge that its webhooks come from: a name below `git:`", "`git.provider`")),
      })
      .optional()
      .describe("The fraise's own forge"),
    webhook_secret: listOf(secret)
      .optional()
      .meta({
        ...means("The secret of this repository's webhook alone; the forge's proves nothing for it", "the forge's"),
        examples: ['"${SHOP_WEBHOOK_SECRET}"'],
      }),
    signing_token: listOf(secret)
      .optional()
      .meta({
        ...means("The signing token of this repository's webhook alone (GitLab)", "the forge's"),
        examples: ['"${SHOP_SIGNING_TOKEN}"'],
      }),
  };
  const jobs = jobKeys(kinds, name);
  const fraiseTypes = deployers.map((deployer) =>
    z.strictObject({
      type: z.literal(deployer.type).describe("How it is deployed"),
      ...fraise,
      environments: z
        .record(
          name,
          z.strictObject({
            ...environment,
            ...settingsOf(deployer, kinds),
            ...(deployer.hasJobs === true ? jobs : ({} as typeof jobs)),
          }),
        )
        .describe("The environments that it is deployed to, by name: `production`, `staging`, …"),
    }),
  );
  const [firstType, ...otherTypes] = fraiseTypes;
  if (firstType === undefined) throw new Error("there is no deployer");

  const mapping = z.strictObject({
    fraise: z.string().describe("The fraise that the branch belongs to"),
    environment: z.string().optional().describe("The environment that it is deployed to"),
    environments: z.array(z.string()).optional().describe("Several of them"),
  });

  return z.strictObject({
    ...daemonKeys(families, kinds),
    fraises: z
      .record(name, z.discriminatedUnion("type", [firstType, ...otherTypes]))
      .default({})
      .describe("The fraises that are deployed, by name"),
    branch_mapping: z
      .record(z.string().min(1), listOf(mapping))
      .default({})
      .describe("The targets of each branch, upstream's way; adds to what environments say themselves"),
  });
}

/** The keys of one type of fraise: a shape, or a shape made of the kinds of values there are here. */
function settingsOf({ settings }: Families["deployers"][number], kinds: Fields): z.ZodRawShape {
  return typeof settings === "function" ? settings(kinds) : settings;
}
