import { families, missingSecretsHere, readConfig } from "../../app.ts";
import { ConfigError, PermissionDenied, UsageError } from "../../domain/errors.ts";
import { NO_FRAISES } from "../targets/no-fraises.ts";
import type { Invocation } from "../command-entry.ts";
import { unusableUsers } from "../machine/unusable-users.ts";

export async function run(invocation: Invocation<{ readonly secrets: boolean }>): Promise<number> {
  const { args, options, print } = invocation;
  switch (args[0]) {
    case "validate":
      return await validate(invocation);
    case "schema": {
      const { configJsonSchema } = await import("../../config/keys/json-schema.ts");
      print.json(configJsonSchema(families));
      return 0;
    }
    case "show": {
      const { showConfig } = await import("../../config/show.ts");
      const shown = showConfig(await readConfig(options.config));
      if (print.isJson) print.json(shown);
      else print.line((await import("yaml")).stringify(shown).trimEnd());
      return 0;
    }
    default:
      throw new UsageError(`config knows no "${args[0] ?? ""}"`, { hint: "fraisier config validate, schema or show." });
  }
}

async function validate({ options, print }: Invocation<{ readonly secrets: boolean }>): Promise<number> {
  const config = await readConfig(options.config);
  const missing = options.secrets ? await missingSecretsHere(config) : [];
  const closed = config.closedSecretFiles;
  if (missing.length > 0 && closed.length > 0)
    throw new PermissionDenied(
      `${config.file} is well formed, but you may not read ${closed.join(" and ")}: whether every secret is there is not known`,
    );
  if (missing.length > 0)
    throw new ConfigError(`${config.file} is well formed, but not every secret is there`, missing);
  const users = await unusableUsers(config);
  if (print.isJson) {
    const { file, targets, warnings } = config;
    print.json({ valid: true, file, targets: targets.length, warnings, unusable_users: users });
    return 0;
  }
  for (const { file, line, column, message } of config.warnings)
    print.line(`${file}:${line}:${column}: warning: ${message}`);
  for (const sentence of users) print.line(`${config.file}: warning: ${sentence}`);
  print.line(`${config.file}: valid, ${config.targets.length} target${config.targets.length === 1 ? "" : "s"}`);
  if (config.targets.length === 0) print.line(NO_FRAISES);
  return 0;
}
