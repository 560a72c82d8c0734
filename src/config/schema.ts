import { z } from "zod";
import { databaseSchema } from "./database-settings.ts";
import type { Families } from "./families.ts";
import { fields } from "./fields.ts";
import type { Environment } from "./secrets.ts";

const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/i;

export type RawConfig = z.output<ReturnType<typeof configSchema>>;
export type RawFraise = RawConfig["fraises"][string];
export type RawEnvironment = RawFraise["environments"][string];

/** The shape of fraises.yaml. Deployers, forges and service managers hand in their own keys. */
export function configSchema({ deployers, forges, serviceManagers, migrationTools }: Families, env: Environment) {
  const kinds = fields(env);
  const { text, secret, command, duration, size, whole } = kinds;
  const list = <Item extends z.ZodType>(item: Item) =>
    z.union([item, z.array(item)]).transform((value) => [value].flat() as z.output<Item>[]);
  const name = z.string().regex(NAME, "a name has letters, digits, - and _, and starts with a letter or digit");

  const commandWithUser = z.strictObject({ command, user: text.optional(), timeout: duration.optional() });
  const commandSettings = z.union([
    command.transform((value) => ({ command: value, user: undefined, timeout: undefined })),
    commandWithUser,
  ]);
  // Upstream writes the test command beside the build command.
  const buildSettings = z.union([
    command.transform((value) => ({ command: value, user: undefined, timeout: undefined, test: undefined })),
    commandWithUser.extend({ test: command.optional() }),
  ]);
  const healthCheckObject = z.strictObject({
    url: text.optional(),
    expect_status: z.int().min(100).max(599).default(200),
    expect_body: text.optional(),
    timeout: duration.default(30_000),
    interval: duration.default(500),
    stable_for: duration.default(5_000),
  });
  const healthCheck = z.union([text.transform((url) => healthCheckObject.parse({ url })), healthCheckObject]);
  const commands = list(command).default([]);
  const [firstManager, ...otherManagers] = serviceManagers.map((manager) =>
    z.strictObject({ manager: z.literal(manager.name), ...manager.settings }),
  );
  const service =
    firstManager === undefined ? z.never() : z.discriminatedUnion("manager", [firstManager, ...otherManagers]);

  /** What a fraise may say once for all its environments, and each environment for itself. */
  const shared = {
    paths: list(text).optional(),
    install: commandSettings.optional(),
    build: buildSettings.optional(),
    test: commandSettings.optional(),
    user: text.optional(),
    layout: z.enum(["releases", "in_place"]).optional(),
    shared: list(text).optional(),
    keep_releases: whole.min(1).optional(),
    min_free_space: size.optional(),
    timeout: duration.optional(),
    required_env_vars: list(text).optional(),
    health_check: healthCheck.optional(),
    hooks: z.strictObject({ before_deploy: commands, after_deploy: commands, on_failure: commands }).optional(),
    database: databaseSchema({ migrationTools }, kinds).optional(),
    rollback: z
      .strictObject({ automatic: z.boolean().default(true), restore_database: z.boolean().default(false) })
      .optional(),
  };
  const environment = {
    ...shared,
    branch: list(text).optional(),
    branches: list(text).optional(),
    tags: list(text).optional(),
    app_path: text,
    systemd_service: text.optional(),
    service: service.optional(),
  };
  const fraise = {
    ...shared,
    description: z.string().default(""),
    repository: text,
    clone_url: secret.optional(),
    git: z.strictObject({ provider: z.enum(forges.map((forge) => forge.name)) }).optional(),
  };
  const fraiseTypes = deployers.map((deployer) =>
    z.strictObject({
      type: z.literal(deployer.type),
      ...fraise,
      environments: z.record(name, z.strictObject({ ...environment, ...deployer.settings })),
    }),
  );
  const [firstType, ...otherTypes] = fraiseTypes;
  if (firstType === undefined) throw new Error("there is no deployer");

  const forgeSettings = Object.fromEntries(
    forges.map((forge) => [
      forge.name,
      z
        .strictObject({
          base_url: text.optional(),
          ...Object.fromEntries(
            [...forge.secretKeys, ...forge.signingTokenKeys].map((key) => [key, list(secret).optional()]),
          ),
        })
        .optional(),
    ]),
  );
  const mapping = z.strictObject({
    fraise: z.string(),
    environment: z.string().optional(),
    environments: z.array(z.string()).optional(),
  });

  return z.strictObject({
    name: z.string().default("fraisier"),
    git: z
      .strictObject({ provider: z.enum(forges.map((forge) => forge.name)).optional(), ...forgeSettings })
      .default({}),
    store: z
      .strictObject({ url: secret.optional(), keep_payloads_days: whole.default(30) })
      .default({ keep_payloads_days: 30 }),
    deployment: z
      .strictObject({
        concurrency: whole.min(1).default(4),
        timeout: duration.default(1_200_000),
        stuck_after: duration.default(300_000),
        keep_releases: whole.min(1).default(5),
        state_directory: text.optional(),
      })
      .prefault({}),
    server: z
      .strictObject({
        listen: text.default("127.0.0.1:8787"),
        public_url: text.optional(),
        trusted_proxies: list(text).default([]),
      })
      .prefault({}),
    fraises: z.record(name, z.discriminatedUnion("type", [firstType, ...otherTypes])),
    branch_mapping: z.record(z.string().min(1), list(mapping)).default({}),
  });
}
