import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Config } from "../../config/config.ts";
import { LateSecret } from "../../config/secrets/secrets.ts";
import { localFiles } from "../../host/local-files.ts";
import { writeOwned } from "../../host/replace-file.ts";

/** A secret that fraises.yaml names and no file has yet. */
export interface NewSecret {
  readonly variable: string;
  /** `webhook-secrets` beside fraises.yaml. */
  readonly file: string;
}

/** The secret of a forge that has to be made; undefined if it has a value, or is not taken from one variable. */
export function missingWebhookSecret(config: Config, forge: string): NewSecret | undefined {
  const { secrets = [], signing_tokens: tokens = [] } = config.forges[forge] ?? {};
  const [secret] = [...tokens, ...secrets];
  if (!(secret instanceof LateSecret)) return undefined;
  const variable = secret.missing([]);
  return variable === undefined ? undefined : { variable, file: join(dirname(config.file), "webhook-secrets") };
}

/** Adds a random value to the file, which only root and the service may read (0640, with the group of fraises.yaml). */
export async function makeWebhookSecret({ variable, file }: NewSecret, configFile: string): Promise<void> {
  const line = `${variable}=${randomBytes(32).toString("hex")}\n`;
  const text = await localFiles.readText(file);
  if (text !== undefined) {
    await localFiles.rewriteText(file, `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${line}`);
    return;
  }
  const [{ uid }, { gid }] = [await stat(dirname(file)), await stat(configFile)];
  await writeOwned(file, line, { uid, gid, mode: 0o640 });
}
