import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, resolve } from "node:path";
import type { ConfigProblem } from "../domain/errors.ts";
import { ConfigError, PermissionDenied } from "../domain/errors.ts";
import type { Config, Target } from "./config.ts";
import { CONFIGURATION } from "../domain/configuration-fraise.ts";
import { short } from "../domain/decision.ts";
import { targetName } from "../domain/fraise.ts";
import { isPostgresUrl } from "../domain/postgres-url.ts";
import type { Draft, MakeSecret } from "./targets/draft.ts";
import type { Families } from "./families.ts";
import type { SecretField } from "./keys/fields.ts";
import { forgesOf } from "./targets/forge-instances.ts";
import { nearest } from "./file/nearest.ts";
import { currentFile, readCurrent } from "./from-git/read-current.ts";
import { joinFiles } from "./from-git/two-files.ts";
import type { GitFile } from "./from-git/two-files.ts";
import { readBoth } from "./from-git/read-both.ts";
import { explainIssues, unknownWord } from "./keys/explain-issues.ts";
import { Problems } from "./file/problems.ts";
import { putSecretsBack } from "./edit/put-secrets-back.ts";
import type { ReadDocument } from "./file/read-document.ts";
import { configSchema, resolvingBy } from "./keys/schema.ts";
import type { RawConfig } from "./keys/schema.ts";
import { readVariables, secretFilesOf } from "./file/secret-files.ts";
import type { ConfigVariables } from "./file/secret-files.ts";
import { defaultStateDirectory, revealedNow, storeUrl, wrongInStore } from "./secrets/store-url.ts";
import { secretWarnings } from "./secrets/secret-warnings.ts";
import { borrowedFromDaemon, daemonSecrets, LateSecret } from "./secrets/secrets.ts";
import type { Blame, Source } from "./secrets/secrets.ts";
import { stampOf, stampOfOne, withCurrent } from "./file/stamp.ts";
import { takeOutSecrets } from "./edit/take-out-secrets.ts";
import { targetsOf } from "./targets/targets.ts";
import { Variables } from "./file/variables.ts";
import type { Environment } from "./file/variables.ts";

interface LoadOptions {
  readonly env?: Environment;
  /** Whether this process may know the secrets of webhooks; a runner may not. */
  readonly webhookSecrets?: boolean;
  /** The file from git that is to count, in place of the one in force. */
  readonly git?: GitFile | undefined;
}

/**
 * Reads fraises.yaml and the files with secrets beside it.
 * @throws ConfigError with every problem there is, each at its line and column; PermissionDenied when this user may not read it.
 */
export async function loadConfig(
  file: string,
  families: Families,
  { env = process.env, webhookSecrets = true, git }: LoadOptions = {},
): Promise<Config> {
  // The stamp is taken before the files are read: what is written meanwhile has another stamp.
  const stamp = await stampOf(file);
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === "EACCES" || code === "EPERM")
      throw new PermissionDenied(`this user may not read ${file}`, { cause: error });
    throw new ConfigError(`${file} cannot be read: ${code}`, [], { cause: error });
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // The place of the first wrong byte does not help: the whole file is in another encoding.
    throw new ConfigError(`${file} is not UTF-8 text`, [
      { file, line: 1, column: 1, path: "", message: "the file is not UTF-8 text", severity: "error" },
    ]);
  }
  const variables = await readVariables(file, env, { webhookSecrets });
  const local = { ...parseConfig(text, file, families, variables), stamp };
  const whole = await (git === undefined
    ? withGit(local, families, variables)
    : parseConfig(joinFiles({ local: text, git }), file, families, variables));
  const config = webhookSecrets ? whole : withoutWebhookSecrets(whole, families, variables);
  // A runner cannot know these secrets, and its warnings would not be read.
  const ofSecrets = webhookSecrets ? await secretWarnings(config, env) : [];
  return Object.freeze({ ...config, warnings: [...config.warnings, ...ofSecrets] });
}

/** The settings with those from git, if the local file names a repository for them and a revision of it was deployed. */
async function withGit(local: Config, families: Families, variables: ConfigVariables): Promise<Config> {
  const { configuration, file, text } = local;
  if (configuration === undefined) return local;
  const stamp = withCurrent(local.stamp, await stampOfOne(configuration.path));
  const git = await readCurrent(configuration.folder);
  if (git === undefined) return { ...local, stamp };
  try {
    return { ...parseConfig(joinFiles({ local: text, git }), file, families, variables), stamp };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const message = `revision ${short(git.revision)} of ${configuration.target}, which is in force, cannot be loaded any more`;
    throw new ConfigError(`${message}: ${error.message}`, error.problems, {
      hint: `It could when it was deployed: mend what has changed on this host since. If you cannot, stop the daemon, remove the link ${configuration.folder}/current, so that the local file counts alone, and deploy another revision: fraisier deploy ${configuration.target} --revision …`,
    });
  }
}

/** The origin of the settings, if the local file names a fraise of type configuration. */
function configurationOf(
  targets: readonly Target[],
  { git, unused }: Pick<ReturnType<typeof readBoth>, "git" | "unused">,
): Config["configuration"] {
  const target = targets.find(({ type }) => type === CONFIGURATION);
  if (target === undefined) return undefined;
  const { app_path: folder } = target.settings;
  return {
    target: targetName(target),
    folder,
    path: currentFile(folder),
    file: git?.file ?? String(target.settings["file"]),
    revision: git?.revision,
    unused: unused.map(({ path }) => path),
  };
}

/** The settings of a runner: a marker stands in the place of each webhook's secret that stands in fraises.yaml itself. */
function withoutWebhookSecrets(config: Config, families: Families, variables: ConfigVariables): Config {
  const isWritten = (secret: unknown): boolean => secret instanceof LateSecret && secret.written !== undefined;
  if (!daemonSecrets(config).some(isWritten)) return config;
  const kept = takeOutSecrets(config.text, families);
  const text = putSecretsBack(kept.text, { present: undefined, kept: kept.secrets }, families);
  return { ...parseConfig(text, config.file, families, variables), stamp: config.stamp, kept };
}

/** fraises.yaml from a text. Pure but for `!file`, which is read when a secret is revealed. */
export function parseConfig(
  text: string,
  file: string,
  families: Families,
  given: Environment | ConfigVariables,
): Config {
  const variables = bothOf(given);
  const { document, name, git, problems: ofGit, unused } = readBoth(text, file, families);
  if (document.problems.length > 0) throw new ConfigError(`${name} is no valid YAML`, document.problems);
  const schema = configSchema(families);
  const unknownTypes = replaceUnknownTypes(document, families);
  const written = withoutEmptySections(document.data);
  const parsed = resolvingBy(variables.targets, () => schema.safeParse(written));
  const found = [
    ...ofGit,
    ...unknownTypes,
    ...(parsed.success ? [] : explainIssues(parsed.error.issues, document, schema)),
  ];
  const errors = found.filter(({ severity }) => severity === "error");
  const warnings = [...unused, ...found.filter(({ severity }) => severity === "warning")];
  if (errors.length > 0) throw configError(name, errors);
  // Keys that are only warned about are not in the way of the rest.
  const data = parsed.success
    ? parsed.data
    : resolvingBy(variables.targets, () => schema.parse(withoutKeys(written, parsed.error.issues)));
  const folder = dirname(file);
  const problems = new Problems(document);
  const secretsFrom =
    (known: Variables): MakeSecret =>
    (field, finish) =>
      new LateSecret(sourceIn(folder, field), known, field.blame ?? placeOf(field, problems, file), finish);
  const [secret, webhookSecret] = [secretsFrom(variables.targets), secretsFrom(variables.webhooks)];
  const daemon = daemonSettings({ data, problems, secret, webhookSecret }, folder);
  const { state_directory: stateDirectory } = daemon.deployment;
  const closed = git === undefined ? [] : [stateDirectory, ...secretFilesOf(resolve(file), {}).webhooks];
  const url = revealedNow(daemon.store.url);
  const isStoreShared = url === undefined || isPostgresUrl(url);
  const draft = { data, families, stateDirectory, closed, isStoreShared, problems, secret, webhookSecret };
  const [forges, targets] = [forgesOf(draft), targetsOf(draft)];
  problems.add(borrowedFromDaemon({ forges, targets, server: daemon.server }));
  if (problems.found.length > 0) throw configError(name, problems.found);
  return Object.freeze({
    file,
    text,
    stamp: "",
    name: data.name,
    forges,
    ...daemon,
    targets,
    configuration: configurationOf(targets, { git, unused }),
    warnings,
    variables: variables.targets,
    closedSecretFiles: [...new Set([...variables.targets.closed, ...variables.webhooks.closed])],
  });
}

/** A section whose keys are all commented out (`fraises:` and nothing below it) is read like a section that is not there. */
function withoutEmptySections(data: unknown): unknown {
  if (data === null) return {};
  if (typeof data !== "object" || Array.isArray(data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null));
}

/** A word after `type:` that is none of ours must not hide what else is wrong with its fraise: the rest is checked as the likeliest type. */
function replaceUnknownTypes(document: ReadDocument, { deployers }: Families): readonly ConfigProblem[] {
  const known = deployers.map(({ type }) => type);
  const fraises = (document.data as { fraises?: unknown } | null)?.fraises;
  if (typeof fraises !== "object" || fraises === null) return [];
  return Object.entries(fraises as Record<string, { type?: unknown } | null>).flatMap(([name, fraise]) => {
    if (typeof fraise !== "object" || fraise === null || typeof fraise.type !== "string" || known.includes(fraise.type))
      return [];
    const path = ["fraises", name, "type"];
    const problem = document.problemAt(path, unknownWord(path, fraise.type, known));
    fraise.type = nearest(fraise.type, known) ?? known[0];
    return [problem];
  });
}

/** The parts of a draft that are there before the state folder is known. */
type DaemonDraft = Pick<Draft, "data" | "problems" | "secret" | "webhookSecret">;

/** How long a runner waits for the server of the store unless `store.patience` says otherwise. */
const PATIENCE_MS = 600_000;

function patienceOf({ store }: RawConfig): number {
  return store.patience ?? PATIENCE_MS;
}

/** The sections of the daemon itself: where it listens, its store, and what holds for all deployments. */
function daemonSettings(draft: DaemonDraft, folder: string): Pick<Config, "store" | "deployment" | "server"> {
  const { data, problems, secret } = draft;
  const password = data.store.password === undefined ? undefined : secret(data.store.password);
  const url = storeUrl(data.store, folder, secret, password);
  const wrong = wrongInStore(url, password, data.store);
  if (wrong !== undefined) problems.at(["store", wrong.key], wrong.message);
  const { state_directory: directory, freeze: _freeze, sandbox: _sandbox, ...deployment } = data.deployment;
  const listen = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]*)):(\d{1,5})$/i.exec(data.server.listen);
  if (listen === null || Number(listen[3]) > 65_535)
    problems.at(["server", "listen"], `server.listen is "${data.server.listen}": write address:port, 127.0.0.1:8787`);
  return {
    store: { ...data.store, url, password, patience: patienceOf(data) },
    deployment: {
      ...deployment,
      state_directory: directory === undefined ? defaultStateDirectory(url) : resolve(folder, directory),
    },
    server: {
      ...hostOf(data.server),
      host: listen?.[1] ?? listen?.[2] ?? "",
      port: Number(listen?.[3]),
      public_url: data.server.public_url?.replace(/\/$/, ""),
      trusted_proxies: data.server.trusted_proxies,
      public: data.server.public,
      read_socket: data.server.read_socket,
      control_socket: data.server.control_socket,
      traces: tracesSettings(draft),
    },
  };
}

/** The name of this host, and its labels without those that are written twice. */
function hostOf({ name = hostname(), labels }: RawConfig["server"]): Pick<Config["server"], "name" | "labels"> {
  return { name, labels: [...new Set(labels)] };
}

/** A header may hold a token: it is kept from deployments as the secrets of webhooks are. */
function tracesSettings({ data: { server }, problems, webhookSecret }: DaemonDraft): Config["server"]["traces"] {
  if (server.traces === undefined) return undefined;
  const headers = Object.entries(server.traces.headers).map(([name, field]) => {
    const blame = field.blame ?? problems.placeOf(["server", "traces", "headers", name]);
    return [name.toLowerCase(), webhookSecret({ ...field, blame })] as const;
  });
  return { ...server.traces, headers: Object.fromEntries(headers) };
}

function bothOf(given: Environment | ConfigVariables): ConfigVariables {
  if (given["targets"] instanceof Variables) return given as ConfigVariables;
  const variables = new Variables(given as Environment);
  return { targets: variables, webhooks: variables };
}

function configError(file: string, problems: readonly ConfigProblem[]): ConfigError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return new ConfigError(`${file} has ${sorted.length === 1 ? "a problem" : `${sorted.length} problems`}`, sorted);
}

/** The place of a secret that stands in the file itself, as far as a warning needs it. */
function placeOf({ source }: SecretField, problems: Problems, file: string): Blame {
  const isLikeVariable = source.kind === "text" && /^\$[A-Za-z_]\w*$/.test(source.text);
  const place = isLikeVariable ? problems.placeOfText(source.text) : undefined;
  return { file, line: 1, column: 1, path: "", ...place };
}

/** A relative path after `!file` is relative to the fraises.yaml that names it, not to where a command happens to run. */
function sourceIn(folder: string, { source }: SecretField): Source {
  return source.kind === "file" ? { kind: "file", path: resolve(folder, source.path) } : source;
}

function withoutKeys(
  data: unknown,
  issues: readonly { code?: string; path: PropertyKey[]; keys?: string[] }[],
): unknown {
  for (const issue of issues) {
    if (issue.code !== "unrecognized_keys") continue;
    let at = data as Record<PropertyKey, unknown>;
    for (const part of issue.path) at = at[part] as Record<PropertyKey, unknown>;
    for (const key of issue.keys ?? []) delete at[key];
  }
  return data;
}
