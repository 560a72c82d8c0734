import type { Config, Secret, WebhookSecrets } from "../config/config.ts";
import { isWithoutSecret, missingOfForge, secretValues } from "../config/secrets/secrets.ts";
import { FraisierError } from "../domain/errors.ts";
import { targetName } from "../domain/fraise.ts";
import { redactor } from "../domain/redact.ts";
import { forges } from "../forges/index.ts";
import type { QueueSettings } from "../queue/dispatcher.ts";
import { createRouter } from "../routing/route.ts";
import type { Router } from "../routing/route.ts";
import type { Instance, KnownSecrets } from "../webhooks/instance.ts";
import { turnSettings } from "./turn-settings.ts";

/** fraises.yaml and the secrets it names as the daemon read them last, in the forms in which its parts ask for them. */
interface InForce {
  readonly config: Config;
  readonly router: Router;
  readonly queue: QueueSettings;
  readonly instances: readonly Instance[];
  redact(text: string): string;
}

/** The one place where the daemon's parts find the settings: each part asks anew whenever it needs one. */
export interface SettingsHolder {
  /** The settings that hold at this moment. */
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
      instances: instancesOf(next),
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
  const { stuck_after: stuckAfterMs, timeout } = config.deployment;
  return {
    ...turnSettings(config),
    hostsOf: (target) => config.targets.find((each) => targetName(each) === targetName(target))?.hosts,
    stuckAfterMs,
    timeoutMs: Math.max(timeout, ...config.targets.map(({ settings }) => settings.timeout)),
  };
}

/** Secrets are revealed once: the hot path does not read files. */
function instancesOf(config: Config): readonly Instance[] {
  return Object.entries(config.forges).flatMap(([name, settings]) => {
    const forge = forges.find((each) => each.name === settings.provider);
    if (forge === undefined) return [];
    const shared = known(settings, `git.${name}`, isWithoutSecret(config, name));
    const own = new Map(settings.repositories.map((each) => [each.repository, known(each, each.key, false)]));
    return [{ name, forge, allowFrom: settings.allow_from, shared, own }];
  });
}

function known(settings: WebhookSecrets, key: string, isWithout: boolean): KnownSecrets {
  const secrets = settings.secrets.flatMap(revealed);
  const signingTokens = settings.signing_tokens.flatMap(revealed);
  return { key, secrets, signingTokens, isIncomplete: isWithout || missingOfForge(settings).length > 0 };
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
