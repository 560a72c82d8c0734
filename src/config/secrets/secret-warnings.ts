import { stat } from "node:fs/promises";
import type { ConfigProblem } from "../../domain/errors.ts";
import type { Config, Secret } from "../config.ts";
import { secretFilesOf } from "../file/secret-files.ts";
import { daemonSecrets, LateSecret, secretsOfTarget, webhookSecretsOf } from "./secrets.ts";
import type { Environment } from "../file/variables.ts";

/** A shorter secret can be guessed from a recorded delivery, with any number of tries and unseen. */
const SHORTEST = 16;
/** The permissions of users who are neither owner nor in the group: read or write. */
const OTHERS = 0o006;

/** Secrets that work and are none, or not for long: what a person should change before somebody else finds it. No secret is in the text. */
export async function secretWarnings(config: Config, env: Environment): Promise<readonly ConfigProblem[]> {
  const ofForges = webhookSecretsOf(config).flatMap(({ key, secrets, signing_tokens }) =>
    [...secrets, ...signing_tokens]
      .filter(isLate)
      .map((secret) => ({ forge: key.replace(/^git\./, ""), secret, value: valueOf(secret) })),
  );
  const ofTargets = config.targets.flatMap(secretsOfTarget).filter(isLate);
  const all = [...daemonSecrets(config).filter(isLate), ...ofTargets];
  const warnings = [
    ...all.flatMap(withoutBraces),
    ...ofForges.flatMap(({ forge, secret, value }) =>
      value !== undefined && value.length < SHORTEST && withoutBraces(secret).length === 0
        ? [
            secret.warning(
              `the secret of ${forge} has fewer than ${SHORTEST} characters: openssl rand -hex 32 makes a good one`,
            ),
          ]
        : [],
    ),
    ...ofForges.flatMap(({ forge, secret, value }, index) => {
      const other = ofForges.slice(0, index).find((each) => each.value === value && each.forge !== forge);
      return value === undefined || other === undefined
        ? []
        : [
            secret.warning(
              `${forge} has the same secret as ${other.forge}: each needs its own, or one can speak for the other`,
            ),
          ];
    }),
    ...(await openFiles(config, all, env)),
  ];
  const places = new Map(warnings.map((each) => [`${each.file}:${each.line}:${each.column} ${each.message}`, each]));
  return [...places.values()];
}

function withoutBraces(secret: LateSecret): readonly ConfigProblem[] {
  const name = /^\$([A-Za-z_]\w*)$/.exec(secret.written ?? "")?.[1];
  return name === undefined
    ? []
    : [
        secret.warning(
          `"$${name}" is the secret itself here: write "\${${name}}" for the value of the variable ${name}`,
        ),
      ];
}

/** Files with secrets that every user of this machine may read or change. */
async function openFiles(
  config: Config,
  secrets: readonly LateSecret[],
  env: Environment,
): Promise<readonly ConfigProblem[]> {
  const { targets, webhooks } = secretFilesOf(config.file, env);
  const isInText = daemonSecrets(config).some((secret) => isLate(secret) && secret.written !== undefined);
  const files = [
    ...(isInText ? [config.file] : []),
    ...targets,
    ...webhooks,
    ...secrets.flatMap(({ file }) => file ?? []),
  ];
  const found = await Promise.all([...new Set(files)].map(async (file) => ({ file, mode: await modeOf(file) })));
  return found
    .filter(({ mode }) => (mode & OTHERS) !== 0)
    .map(({ file, mode }) => ({
      file,
      line: 1,
      column: 1,
      path: "",
      message: `every user of this machine may ${(mode & 0o002) === 0 ? "read" : "change"} the secrets in this file: chmod o= ${file}`,
      severity: "warning",
    }));
}

async function modeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).mode;
  } catch {
    // It is absent or closed: nobody else reads it then.
    return 0;
  }
}

function isLate(secret: Secret): secret is LateSecret {
  return secret instanceof LateSecret;
}

function valueOf(secret: LateSecret): string | undefined {
  try {
    return secret.reveal();
  } catch {
    // It is missing, which is an error of its own.
    return undefined;
  }
}
