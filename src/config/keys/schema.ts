import { z } from "zod";
import { jobKeys } from "./job-keys.ts";
import { promotionFields } from "./promotion-settings.ts";
import { daemonKeys } from "./daemon-keys.ts";
import { environmentFile } from "./environment-file.ts";
import type { Families } from "../families.ts";
import { fields } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { means } from "./means.ts";
import { sharedKeys } from "./shared-keys.ts";
import { Variables } from "../file/variables.ts";

const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/i;

export type RawConfig = z.output<ReturnType<typeof configSchema>>;
export type RawFraise = RawConfig["fraises"][string];
export type RawEnvironment = RawFraise["environments"][string];

const made = new WeakMap<Families, ReturnType<typeof makeSchema>>();
const NONE = new Variables({});
let resolving = NONE;

/** The shape of fraises.yaml. It is made once for the same families: that takes longer than it takes to check a file. */
export function configSchema(families: Families): ReturnType<typeof makeSchema> {
  const schema = made.get(families) ?? makeSchema(families);
  made.set(families, schema);
  return schema;
}

/** Checks something by the schema; plain texts that name variables are resolved by these meanwhile. */
export function resolvingBy<Result>(variables: Variables, check: () => Result): Result {
  resolving = variables;
  try {
    return check();
  } finally {
    resolving = NONE;
  }
}

/**
 * Deployers, forges and service managers hand in their own keys. Every key says here what it means (`.describe()`, or
 * `.meta(means(…))` with a default that is filled in elsewhere): docs/configuration.md is made from it by `npm run docs`.
 */
function makeSchema(families: Families) {
  const { deployers } = families;
  const kinds = fields(() => resolving);
  const shared = sharedKeys(families, kinds);
  const environment = { ...shared, ...environmentKeys(families, kinds) };
  const fraise = { ...shared, ...fraiseKeys(kinds) };
  const name = z.string().regex(NAME, "a name has letters, digits, - and _, and starts with a letter or digit");
  const jobs = jobKeys(kinds, name);
  const fraiseTypes = deployers.map((deployer) =>
    z.strictObject({
      type: z.literal(deployer.type).describe("How it is deployed"),
      ...keysFor(deployer, fraise),
      environments: z
        .record(
          name,
          z.strictObject({
            ...keysFor(deployer, environment),
            ...deployer.settings?.(kinds),
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
      .record(z.string().min(1), kinds.listOf(mapping))
      .default({})
      .describe("The targets of each branch, upstream's way; adds to what environments say themselves"),
  });
}

/** The shared keys that a type has. The others are optional, but for `app_path`, so that data without them has the same shape for us. */
function keysFor<Shape extends z.ZodRawShape>({ keys }: Families["deployers"][number], shape: Shape): Shape {
  if (keys === undefined) return shape;
  return Object.fromEntries(Object.entries(shape).filter(([key]) => keys.includes(key))) as Shape;
}

function environmentKeys({ serviceManagers }: Families, kinds: Fields) {
  const { text, listOf } = kinds;
  const [firstManager, ...otherManagers] = serviceManagers.map((manager) =>
    z.strictObject({
      manager: z.literal(manager.name).describe("The manager that starts and stops the service"),
      ...manager.settings,
    }),
  );
  const service =
    firstManager === undefined ? z.never() : z.discriminatedUnion("manager", [firstManager, ...otherManagers]);
  return {
    ...promotionFields(kinds),
    branch: listOf(text).optional().describe("Branches that are deployed here: names or globs, `!` excludes"),
    branches: listOf(text).optional().describe("Another name for `branch`"),
    tags: listOf(text).optional().describe("Tags that are deployed here: names or globs, `!` excludes"),
    app_path: text.describe("Its folder on this machine; each target needs its own"),
    systemd_service: text.optional().describe("Short for `service: { manager: systemd, unit: … }`"),
    ...environmentFile(kinds),
    service: service.optional().describe("The service that is restarted on the new release"),
  };
}

function fraiseKeys({ text, secret, listOf }: Fields) {
  return {
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
}
