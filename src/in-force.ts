import { freezesOf } from "./app.ts";
import { lendersOf } from "./config/code-from.ts";
import type { Config, ForgeSettings, Secret } from "./config/config.ts";
import { missingOfForge, secretValues } from "./config/secrets.ts";
import { FraisierError } from "./domain/errors.ts";
import { redactor } from "./domain/redact.ts";
import type { QueueSettings } from "./queue/dispatcher.ts";
import { createRouter } from "./routing/route.ts";
import type { Router } from "./routing/route.ts";
import type { KnownSecrets } from "./webhooks/receive.ts";

/** fraises.yaml and the secrets it names as the daemon read them last, in the forms in which its parts ask for them. */
export interface InForce {
  readonly config: Config;
  readonly router: Router;
  readonly queue: QueueSettings;
  secretsOf(forge: string): KnownSecrets;
  redact(text: string): string;
}

/** The one place where the daemon's parts find the settings: each part asks anew whenever it needs one. */
export interface SettingsHolder {
  /** What holds at this moment. */
  now(): InForce;
  /** From here on this configuration holds, all of it at once. */
  replace(config: Config): void;
}

export function holdSettings(config: Config): SettingsHolder {
  // A secret that was replaced may still be in force elsewhere, and in what programs print: it stays hidden.
  const secrets = new Set<string>();
  const bringIntoForce = (next: Config): InForce => {
    for (const secret of secretValues(next)) secrets.add(secret);
    return {
      config: next,
      router: createRouter(next.targets),
      queue: queueSettings(next),
      secretsOf: secretsByForge(next),
      redact: redactor([...secrets]),
    };
  };
  let inForce = bringIntoForce(config);
  return {
    now: () => inForce,
    replace: (next) => {
      inForce = bringIntoForce(next);
    },
  };
}

function queueSettings(config: Config): QueueSettings {
  const { concurrency, stuck_after: stuckAfterMs, timeout } = config.deployment;
  return {
    concurrency,
    stuckAfterMs,
    timeoutMs: Math.max(timeout, ...config.targets.map(({ settings }) => settings.timeout)),
    freezeOf: freezesOf(config),
    lenderOf: lendersOf(config.targets),
  };
}

/** Revealed once: the hot path does not read files. */
function secretsByForge(config: Config): (forge: string) => KnownSecrets {
  const known = new Map(Object.entries(config.forges).map(([name, settings]) => [name, knownSecrets(settings)]));
  return (forge) => known.get(forge) ?? { secrets: [], signingTokens: [], isIncomplete: false };
}

function knownSecrets(settings: ForgeSettings): KnownSecrets {
  const secrets = settings.secrets.flatMap(revealed);
  const signingTokens = settings.signing_tokens.flatMap(revealed);
  const isIncomplete = secrets.length + signingTokens.length === 0 || missingOfForge(settings).length > 0;
  return { secrets, signingTokens, isIncomplete };
}

function revealed(secret: Secret): readonly string[] {
  try {
    return [secret.reveal()];
  } catch (error) {
    // The troubles of the daemon name it (troubles.ts).
    if (error instanceof FraisierError) return [];
    throw error;
  }
}
