import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config, Secret } from "../config/config.ts";
import { LateSecret } from "../config/secrets.ts";
import { UsageError } from "../domain/errors.ts";
import type { Forge } from "../forges/forge.ts";
import { forges } from "../forges/index.ts";
import { filledIn } from "../forges/setup.ts";
import type { ForgeSetup } from "../forges/setup.ts";
import { nearest } from "../config/nearest.ts";

/** One product whose webhooks fraisier takes, with everything that a person enters there. */
export interface Provider {
  readonly forge: Forge;
  readonly url: string;
  readonly isConfigured: boolean;
  readonly setup: ForgeSetup;
}

type KnownConfig = Pick<Config, "forges" | "server">;

/** Where deliveries of a forge go: below the public URL, or below the address that the daemon listens on. */
export function webhookUrl({ server }: KnownConfig, forge: string): string {
  return `${server.public_url ?? `http://${server.host}:${server.port}`}/webhook/${forge}`;
}

/** The products that a word names: a forge (`bitbucket`: two products) or one product (`gogs`). @throws UsageError */
export function providersNamed(config: KnownConfig, name: string, repository?: string): readonly Provider[] {
  const product = forges.flatMap((forge) =>
    forge.setup.filter((setup) => setup.name === name).map((setup) => ({ forge, setup })),
  );
  const found =
    product.length > 0
      ? product
      : forges
          .filter((forge) => forge.name === name)
          .flatMap((forge) => forge.setup.map((setup) => ({ forge, setup })));
  if (found.length === 0) {
    const known = [...new Set(forges.flatMap((forge) => [forge.name, ...forge.setup.map((setup) => setup.name)]))];
    const likely = nearest(name, known);
    throw new UsageError(`fraisier knows no forge "${name}"`, {
      hint: `${likely === undefined ? "" : `Did you mean ${likely}? `}Known are ${known.join(", ")}.`,
    });
  }
  return found.map(({ forge, setup }) => {
    const url = webhookUrl(config, forge.name);
    const secret = secretPlace(config, forge);
    return {
      forge,
      url,
      isConfigured: Object.hasOwn(config.forges, forge.name),
      setup: filledIn(setup, { url, secret, hook: hookFile(), repository: repository ?? "<repository>.git" }),
    };
  });
}

function secretPlace({ forges: configured }: KnownConfig, forge: Forge): string {
  const settings = configured[forge.name];
  const [secret]: readonly (Secret | undefined)[] = [...(settings?.signing_tokens ?? []), ...(settings?.secrets ?? [])];
  if (secret instanceof LateSecret) return secret.place;
  return `none yet: set git.${forge.name}.${forge.secretKeys[0] ?? "webhook_secret"} in fraises.yaml`;
}

/** fraisier's post-receive script as it was installed with the program. */
function hookFile(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const places = ["../../scripts", "../scripts", "../share", ".."].map((folder) => join(here, folder, "post-receive"));
  return places.find((file) => existsSync(file)) ?? "<fraisier>/scripts/post-receive";
}
