import { readFileSync } from "node:fs";
import type { ConfigProblem } from "../../domain/errors.ts";
import { ConfigError, PermissionDenied } from "../../domain/errors.ts";
import { repositoryKey } from "../../domain/fraise.ts";
import { authorizations } from "../../domain/secret-parts.ts";
import { setCommand } from "../../domain/variable.ts";
import type { Config, Secret, Target, WebhookSecrets } from "../config.ts";
import { givenSecrets } from "./given-secrets.ts";
import { Hidden } from "../file/hidden.ts";
import type { Variables } from "../file/variables.ts";

/** The source of a value's text, not resolved yet. */
export type Source =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "file"; readonly path: string };

/** A place in the file to blame. */
export type Blame = Pick<ConfigProblem, "file" | "line" | "column" | "path">;

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Names of the environment variables a source needs. */
function variablesOf(source: Source): readonly string[] {
  if (source.kind === "variable") return [source.name];
  return source.kind === "text" ? [...source.text.matchAll(VARIABLE)].map((match) => match[1] ?? "") : [];
}

/**
 * The value now. @throws ConfigError at `blame` when a variable is unset or empty, or a file cannot be read or is empty; PermissionDenied when
 * the variable may stand in a file that this user may not read.
 */
export function resolveSource(source: Source, variables: Variables, blame: Blame): string {
  if (source.kind === "file") return readSecretFile(source.path, blame);
  for (const name of variablesOf(source)) {
    const value = variables.get(name);
    if (value === undefined && variables.closed.length > 0) {
      throw new PermissionDenied(
        `${blame.file}:${blame.line}:${blame.column}: this user may not read ${variables.closed.join(" and ")}, where the variable ${name} may be set`,
      );
    }
    if (value === undefined || value === "") {
      const what = value === undefined ? "is not set" : "is empty";
      throw configError(
        blame,
        `the environment variable ${name} ${what}`,
        variables.file === undefined ? "Set it." : `Write the line ${name}=… into ${variables.file}.`,
      );
    }
  }
  if (source.kind === "variable") return variables.get(source.name) ?? "";
  return source.text.replaceAll(VARIABLE, (_, name: string) => variables.get(name) ?? "");
}

function readSecretFile(path: string, blame: Blame): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const isClosed = code === "EACCES" || code === "EPERM";
    throw configError(
      blame,
      isClosed ? `this user may not read ${path} (${code})` : `${path} cannot be read: ${code}`,
      isClosed ? "Give the service's user leave to read it: chgrp fraisier, chmod 640." : "Check that it exists.",
    );
  }
  // Editors end a file with a line break, which is not part of the secret.
  const value = text.replace(/\r?\n$/, "");
  if (value === "") throw configError(blame, `${path} is empty`, "A secret is never empty.");
  return value;
}

function configError(blame: Blame, message: string, hint: string): ConfigError {
  return new ConfigError(
    `${blame.file}:${blame.line}:${blame.column}: ${message}`,
    [{ ...blame, message, severity: "error" }],
    { hint },
  );
}

/** Resolved when revealed, each time anew for files, so that they can be rotated. Printed it is `***`. */
export class LateSecret extends Hidden implements Secret {
  readonly #source: Source;
  readonly #known: Variables;
  readonly #blame: Blame;
  readonly #finish: (value: string) => string;
  #variables: readonly string[] | undefined;

  /** @param finish makes the value whole once it is resolved: before that, a variable may stand anywhere in it. */
  constructor(source: Source, known: Variables, blame: Blame, finish = (value: string): string => value) {
    super();
    this.#source = source;
    this.#known = known;
    this.#blame = blame;
    this.#finish = finish;
  }

  reveal(variables?: Readonly<Record<string, string>>): string {
    const known = variables === undefined ? this.#known : this.#known.with(variables);
    return this.#finish(resolveSource(this.#source, known, this.#blame));
  }

  get isFile(): boolean {
    return this.#source.kind === "file";
  }

  /** The file that holds it; undefined for one that comes from elsewhere. */
  get file(): string | undefined {
    return this.#source.kind === "file" ? this.#source.path : undefined;
  }

  /** The text in fraises.yaml, if the secret itself stands there; undefined if a variable or a file is named there. */
  get written(): string | undefined {
    return this.#source.kind === "text" && this.variables.length === 0 ? this.#source.text : undefined;
  }

  /** Something to be said about it, at its place. */
  warning(message: string): ConfigProblem {
    return { ...this.#blame, message, severity: "warning" };
  }

  /** The place of its value, for people; never the value. */
  get place(): string {
    const source = this.#source;
    if (source.kind === "file") return `the content of ${source.path}`;
    const names = this.variables;
    return names.length === 0
      ? `the value of ${this.#blame.path} in ${this.#blame.file}`
      : `the value of ${names.join(" and ")}`;
  }

  /** The text, variable or file that fraises.yaml names, to compare it with another one: it may be the secret itself. */
  get sourceText(): string {
    return JSON.stringify(this.#source);
  }

  get variables(): readonly string[] {
    return (this.#variables ??= variablesOf(this.#source));
  }

  /** The values of its variables that are set. */
  variableValues(): readonly string[] {
    return this.variables.flatMap((name) => this.#known.get(name) ?? []);
  }

  /** The first of its variables that has no value, apart from those that are set elsewhere. */
  missing(elsewhere: readonly string[]): string | undefined {
    return this.variables.find((name) => !elsewhere.includes(name) && (this.#known.get(name) ?? "") === "");
  }

  /** The remedy for the first of its variables that has no value; empty if the file is unknown that it belongs into, or may not be read. */
  get remedy(): string {
    const [name, { file, closed }] = [this.missing([]), this.#known];
    return name === undefined || file === undefined || closed.length > 0
      ? ""
      : `: write the line ${name}=… into ${file}`;
  }

  /** An error about it, at its place. */
  problem({ message }: Error): ConfigProblem {
    const { file, line, column } = this.#blame;
    return { ...this.#blame, message: message.replace(`${file}:${line}:${column}: `, ""), severity: "error" };
  }
}

/**
 * Every secret that cannot be resolved now, as a problem at its place.
 * @param setFor the names of the variables that are set for a target (`fraisier env set`), which its secrets may use.
 */
export function checkSecrets(
  config: Config,
  setFor: (target: Target) => readonly string[] = () => [],
): readonly ConfigProblem[] {
  return [
    ...problemsWithRemedy(config.store.url),
    ...webhookSecretsOf(config).flatMap(missingOfForge),
    ...missingOfTraces(config),
    ...config.targets.flatMap((target) => missingOfTarget(target, setFor(target))),
  ];
}

/** The secrets of one forge, or of one repository, that cannot be resolved now, each with the remedy. */
export function missingOfForge({ secrets, signing_tokens }: WebhookSecrets): readonly ConfigProblem[] {
  return [...secrets, ...signing_tokens].flatMap(problemsWithRemedy);
}

/** The secrets of one target that cannot be resolved now, each with the remedy. `set` names the variables that are set for the target. */
export function missingOfTarget(target: Target, set: readonly string[] = []): readonly ConfigProblem[] {
  const variables = Object.fromEntries(set.map((name) => [name, "set"]));
  const ofSettings = secretsOf(target).flatMap((secret) => {
    const missing = secret.missing(set);
    const remedy = missing === undefined ? "" : `, nor for the target: ${setCommand(target, missing)}`;
    return problemsOf(secret, variables).map((each) => ({ ...each, message: `${each.message}${remedy}` }));
  });
  return [...(isWritten(target.clone_url) ? [] : problemsWithRemedy(target.clone_url)), ...ofSettings];
}

/** Whether the secret itself stands in fraises.yaml, so that it is never missing. */
function isWritten(secret: Secret): boolean {
  return secret instanceof LateSecret && secret.written !== undefined;
}

function problemsWithRemedy(secret: Secret): readonly ConfigProblem[] {
  const problems = problemsOf(secret);
  if (problems.length === 0) return [];
  const remedy = secret instanceof LateSecret ? secret.remedy : "";
  return problems.map((each) => ({ ...each, message: `${each.message}${remedy}` }));
}

function problemsOf(secret: Secret, variables?: Readonly<Record<string, string>>): readonly ConfigProblem[] {
  try {
    secret.reveal(variables);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    if (error instanceof PermissionDenied && secret instanceof LateSecret) return [secret.problem(error)];
    throw error;
  }
}

/**
 * The values that can be resolved now and must never be printed: secrets whole, of URLs and of what stands in fraises.yaml itself what is secret in them,
 * and what commands are given beside that.
 * @param webhookSecrets false for a runner, which knows no secret of a webhook unless its own environment has it.
 */
export function secretValues(
  config: Config,
  variables: Readonly<Record<string, string>> = {},
  { webhookSecrets = true }: { readonly webhookSecrets?: boolean } = {},
): readonly string[] {
  const ofForges = forgeSecrets(config).filter(
    (secret) => webhookSecrets || !(secret instanceof LateSecret && (secret.isFile || secret.written !== undefined)),
  );
  const whole = ofForges.flatMap((secret) => revealed(secret) ?? []);
  const headers = headersOfTraces(config).filter((secret) => secret instanceof LateSecret);
  const urls = [config.store.url, ...config.targets.map(({ clone_url }) => clone_url), ...targetSecrets(config)];
  return [
    ...whole,
    ...givenSecrets(config),
    ...headers.flatMap((secret) => (webhookSecrets ? partsOfHeader(secret) : [])),
    ...targetSecrets(config).flatMap((secret) => (secret.isFile ? (revealed(secret, variables) ?? []) : [])),
    // An Authorization header of a check, for one.
    ...targetSecrets(config).flatMap(({ written }) => (written === undefined ? [] : authorizations(written))),
    ...urls.flatMap((url) => [
      ...(url instanceof LateSecret ? url.variableValues() : []),
      ...passwordIn(revealed(url, variables) ?? ""),
    ]),
  ];
}

/** The parts of a header that must not be printed: a name of a tenant may be written there, too, which is no secret. */
function partsOfHeader(secret: LateSecret): readonly string[] {
  const value = revealed(secret) ?? "";
  const isPlain = secret.written !== undefined && !/^(?=.*\d)\S{16,}$/.test(secret.written);
  return [...secret.variableValues(), ...authorizations(value), ...(isPlain || value === "" ? [] : [value])];
}

/** All these values, and the other text that stands in the file in place of a secret, for a command that shows the file itself. */
export function writtenSecrets(config: Config): readonly string[] {
  const plain = [...targetSecrets(config), ...headersOfTraces(config)].flatMap((secret) => revealed(secret) ?? []);
  const written = [...secretValues(config), ...plain.filter((value) => !/^[a-z][a-z0-9+.-]*:/i.test(value))];
  return [...written, ...written.map((value) => value.replaceAll("'", "''"))];
}

function revealed(secret: Secret, variables: Readonly<Record<string, string>> = {}): string | undefined {
  try {
    return secret.reveal(variables);
  } catch {
    // The value is missing: then it cannot be printed either. checkSecrets() complains.
    return undefined;
  }
}

function passwordIn(url: string): string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^/@]*?:([^/@]+)@/i.exec(url)?.[1];
  if (password === undefined) return [];
  // Programs are given it without the escapes a URL needs, and may say it so.
  return [password, ...(password.includes("%") ? [unescaped(password)] : [])];
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone % sign: it is no escape then.
    return text;
  }
}

/**
 * Environment variables that hold fraisier's own secrets: the commands it runs do not get them. A database's URL is the fraise's own: its
 * commands may want it too.
 */
export function secretVariables(config: Config): readonly string[] {
  const { url, password } = config.store;
  const ofStore = password === undefined ? [url] : [url, password];
  return variablesIn([...daemonSecrets(config), ...ofStore, ...config.targets.map(({ clone_url }) => clone_url)]);
}

/** Environment variables that the daemon's own secrets need: runners do not get them, and no target may name one. */
export function daemonVariables(config: Pick<Config, "forges" | "server">): readonly string[] {
  return variablesIn(daemonSecrets(config));
}

function variablesIn(secrets: readonly Secret[]): readonly string[] {
  return secrets.flatMap((secret) => (secret instanceof LateSecret ? secret.variables : []));
}

/** The secrets that only the daemon needs: those of webhooks, and the headers that its traces are sent with. */
export function daemonSecrets(config: Pick<Config, "forges" | "server">): readonly Secret[] {
  return [...forgeSecrets(config), ...headersOfTraces(config)];
}

function headersOfTraces({ server }: Pick<Config, "server">): readonly Secret[] {
  return Object.values(server.traces?.headers ?? {});
}

/** The headers of server.traces that cannot be resolved now, each with the remedy. */
export function missingOfTraces(config: Pick<Config, "server">): readonly ConfigProblem[] {
  return headersOfTraces(config).flatMap(problemsWithRemedy);
}

/** Every secret of a target that names a variable of the daemon's own secrets, as a problem at its place. */
export function borrowedFromDaemon(config: Pick<Config, "forges" | "targets" | "server">): readonly ConfigProblem[] {
  const ofWebhooks = new Set(variablesIn(forgeSecrets(config)));
  const ofDaemon = new Set(daemonVariables(config));
  return config.targets.flatMap(secretsOfTarget).flatMap((secret) => {
    if (!(secret instanceof LateSecret)) return [];
    const name = secret.variables.find((each) => ofDaemon.has(each));
    if (name === undefined) return [];
    const whose = ofWebhooks.has(name) ? "the secret of a webhook" : "a secret of server.traces";
    return [
      secret.problem(
        new Error(`${name} holds ${whose}, which no deployment may know: give the target a variable of its own`),
      ),
    ];
  });
}

/** The secrets of one target. */
export function secretsOfTarget({ clone_url, settings }: Target): readonly Secret[] {
  return [clone_url, ...secretsOf({ settings })];
}

/** Secrets in the settings of targets. Their variables are the target's own: its commands keep them. */
function targetSecrets(config: Config): readonly LateSecret[] {
  return config.targets.flatMap(secretsOf);
}

/** By the settings of a target, which never change: the daemon looks every two seconds whether a secret is missing. */
const secretsOfSettings = new WeakMap<object, readonly LateSecret[]>();

function secretsOf({ settings }: Pick<Target, "settings">): readonly LateSecret[] {
  const found = secretsOfSettings.get(settings) ?? secretsIn(settings);
  secretsOfSettings.set(settings, found);
  return found;
}

function secretsIn(value: unknown): readonly LateSecret[] {
  if (value instanceof LateSecret) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}

function forgeSecrets(config: Pick<Config, "forges">): readonly Secret[] {
  return webhookSecretsOf(config).flatMap(({ secrets, signing_tokens }) => [...secrets, ...signing_tokens]);
}

/** The secrets of each forge and of each repository that has its own. */
export function webhookSecretsOf({ forges }: Pick<Config, "forges">): readonly (WebhookSecrets & { key: string })[] {
  return Object.entries(forges).flatMap(([name, { repositories, ...shared }]) => [
    { ...shared, key: `git.${name}` },
    ...repositories,
  ]);
}

/** Whether a forge has no secret although deliveries may need one: it is fine without if each of its repositories has its own. */
export function isWithoutSecret({ forges, targets }: Pick<Config, "forges" | "targets">, name: string): boolean {
  const settings = forges[name];
  if (settings === undefined || settings.secrets.length + settings.signing_tokens.length > 0) return false;
  const own = new Set(settings.repositories.map(({ repository }) => repository));
  const isOwn = (repository: string): boolean => own.has(repositoryKey(settings.provider, repository));
  const subscriptions = targets.map(({ subscription }) => subscription).filter(({ forge }) => forge === name);
  return own.size === 0 || subscriptions.some(({ repository }) => !isOwn(repository));
}
