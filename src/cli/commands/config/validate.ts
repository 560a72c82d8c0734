import { readConfig } from "../../../compose/app.ts";
import { missingSecretsHere, withApp } from "../../../compose/with-store.ts";
import { configurationAt } from "../../../compose/configuration-at.ts";
import type { Config } from "../../../config/config.ts";
import { short } from "../../../domain/decision.ts";
import { ConfigError, PermissionDenied } from "../../../domain/errors.ts";
import type { Invocation } from "../../command-entry.ts";
import { unusableUsers } from "../../machine/unusable-users.ts";
import { NO_FRAISES } from "../../targets/no-fraises.ts";
import { counted } from "../../../domain/counted.ts";

interface Options {
  /** False for `--no-secrets`. */
  readonly secrets: boolean;
}

/** `fraisier config validate`. */
export async function run({ args: [revision], options, print }: Invocation<Options>): Promise<number> {
  const config =
    revision === undefined
      ? await readConfig(options.config)
      : await withApp(options.config, async (app) => (await configurationAt(app, revision)).config);
  if (options.secrets) await requireSecrets(config);
  const users = await unusableUsers(config);
  if (print.isJson) {
    const { file, targets, warnings } = config;
    print.json({ valid: true, file, targets: targets.length, warnings, unusable_users: users });
    return 0;
  }
  for (const { file, line, column, message } of config.warnings)
    print.line(`${file}:${line}:${column}: warning: ${message}`);
  for (const sentence of users) print.line(`${config.file}: warning: ${sentence}`);
  const read = `${config.file}${ofGit(config, revision)}`;
  print.line(`${read}: valid, ${counted(config.targets.length, "target")}`);
  if (config.targets.length === 0) print.line(NO_FRAISES);
  return 0;
}

/** The revision that was read beside the local file, if there is one. */
function ofGit({ configuration }: Config, asked: string | undefined): string {
  const name = asked ?? (configuration?.revision === undefined ? undefined : short(configuration.revision));
  return name === undefined ? "" : ` with ${configuration?.file ?? ""} of ${name}`;
}

/** @throws ConfigError with every secret that is missing, PermissionDenied if this user cannot know. */
async function requireSecrets(config: Config): Promise<void> {
  const missing = await missingSecretsHere(config);
  if (missing.length === 0) return;
  const closed = config.closedSecretFiles;
  if (closed.length > 0)
    throw new PermissionDenied(
      `${config.file} is well formed, but you may not read ${closed.join(" and ")}: whether every secret is there is not known`,
    );
  throw new ConfigError(`${config.file} is well formed, but not every secret is there`, missing);
}
