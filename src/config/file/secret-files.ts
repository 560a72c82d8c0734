import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigError } from "../../domain/errors.ts";
import { parseEnvironmentFile } from "./parse-environment-file.ts";
import { Variables } from "./variables.ts";
import type { Environment, FileValues } from "./variables.ts";

/** The secrets of webhooks: only the daemon, which checks signatures, and people who look after it need them. */
const WEBHOOK_SECRETS = "webhook-secrets";
/** Everything else that fraises.yaml names: commands of targets get it as their environment. */
const ENVIRONMENT = "environment";
/** More than secrets need; a larger file is a mistake. */
const MAX_BYTES = 1_048_576;

/** The two sets of variables: the secrets of webhooks are out of reach for everything that a deployment runs. */
export interface ConfigVariables {
  readonly targets: Variables;
  readonly webhooks: Variables;
}

/** The files with secrets that belong to a fraises.yaml, whether they are there or not. Systemd's credentials come last, and win. */
export function secretFilesOf(
  configFile: string,
  env: Environment,
): Readonly<Record<"webhooks" | "targets", readonly string[]>> {
  const { CREDENTIALS_DIRECTORY: credentials = "" } = env;
  const folders = [dirname(configFile), ...(credentials === "" ? [] : [credentials])];
  return {
    webhooks: folders.map((folder) => join(folder, WEBHOOK_SECRETS)),
    targets: folders.map((folder) => join(folder, ENVIRONMENT)),
  };
}

/**
 * The variables that a fraises.yaml may name: this process's own, and those of the files `webhook-secrets` and `environment` beside it.
 * @param webhookSecrets whether this process may know the secrets of webhooks; a runner may not.
 * @throws ConfigError when a file cannot be understood, with its line and column.
 */
export async function readVariables(
  configFile: string,
  env: Environment,
  { webhookSecrets }: { readonly webhookSecrets: boolean },
): Promise<ConfigVariables> {
  const files = secretFilesOf(configFile, env);
  const targets = await readAll(files.targets);
  const webhooks = webhookSecrets ? await readAll(files.webhooks) : { values: [], closed: [] };
  return {
    targets: new Variables(env, targets.values, { file: files.targets[0], closed: targets.closed }),
    webhooks: new Variables(env, [...targets.values, ...webhooks.values], {
      file: files.webhooks[0],
      closed: [...webhooks.closed, ...targets.closed],
    }),
  };
}

async function readAll(
  files: readonly string[],
): Promise<{ values: readonly FileValues[]; closed: readonly string[] }> {
  const read = await Promise.all(files.map(async (file) => ({ file, values: await readOne(file) })));
  return {
    values: read.flatMap(({ values }) => (typeof values === "object" ? [values] : [])),
    closed: read.flatMap(({ file, values }) => (values === "closed" ? [file] : [])),
  };
}

async function readOne(file: string): Promise<FileValues | "absent" | "closed"> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === "ENOENT" || code === "ENOTDIR") return "absent";
    if (code === "EACCES" || code === "EPERM") return "closed";
    throw unusable(file, `it cannot be read: ${code}`);
  }
  if (bytes.length > MAX_BYTES) throw unusable(file, `it is larger than ${MAX_BYTES} bytes`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unusable(file, "it is not UTF-8 text");
  }
  return parseEnvironmentFile(text, file);
}

function unusable(file: string, message: string): ConfigError {
  return new ConfigError(`${file}: ${message}`, [{ file, line: 1, column: 1, path: "", message, severity: "error" }]);
}
