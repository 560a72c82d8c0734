import { isScalar } from "yaml";
import type { Families } from "../families.ts";
import { joinFiles, splitFiles } from "../from-git/two-files.ts";
import { nodeAt } from "../file/merge-keys.ts";
import { parseText, REFERENCE_TAGS, rewriteScalars } from "./rewrite-scalars.ts";
import { configSchema } from "../keys/schema.ts";
import { secretScalars } from "./secret-scalars.ts";
import { takeOutSecrets } from "./take-out-secrets.ts";
import type { KeptSettings } from "./take-out-secrets.ts";

const MARKER = /\*{3,}\d+\*{3,}/g;

export interface SecretSources {
  /** The text of fraises.yaml as it is now; undefined if it cannot be read. */
  readonly present: string | undefined;
  /** The secrets that takeOutSecrets() found when the settings were kept. */
  readonly kept: KeptSettings["secrets"];
}

/**
 * The text that a deployment kept, with its secrets. If fraises.yaml has a secret in the same place now, with the same around it, that one is taken: it may
 * have been rotated. Otherwise the secret is taken that stood there when the deployment began.
 */
export function putSecretsBack(whole: string, { present, kept }: SecretSources, families: Families): string {
  const { local: text, git } = splitFiles(whole);
  if (text.search(MARKER) === -1) return whole;
  const now = present === undefined ? undefined : parseText(present);
  const isRotated = now?.errors.length === 0 && takeOutSecrets(present ?? "", families).text === text;
  const document = parseText(text);
  const kinds = secretScalars(document, configSchema(families));
  const local = rewriteScalars(document, text, (scalar, path) => {
    const { value } = scalar;
    if (value.search(MARKER) === -1 || kinds.get(scalar) === "webhook") return undefined;
    // Items of a list have no name: after another change of the file another item may stand there.
    const isSamePlace = isRotated || path.every((part) => typeof part === "string");
    const found = now !== undefined && isSamePlace ? secretsNow(value, nodeAt(now, path)) : undefined;
    return JSON.stringify(value.replaceAll(MARKER, (marker) => found?.get(marker) ?? kept[marker] ?? marker));
  });
  return joinFiles({ local, git });
}

/** The secrets of today by their markers; undefined if something else stands there now. */
function secretsNow(text: string, now: unknown): ReadonlyMap<string, string> | undefined {
  if (!isScalar(now) || typeof now.value !== "string" || REFERENCE_TAGS.includes(now.tag ?? "")) return undefined;
  const markers = text.match(MARKER) ?? [];
  const around = text.split(MARKER).map((part) => part.replaceAll(/[^\w\s]/g, "\\$&"));
  const values = new RegExp(`^${around.join("([^]+?)")}$`).exec(now.value)?.slice(1);
  return values === undefined ? undefined : new Map(markers.map((marker, index) => [marker, values[index] ?? marker]));
}
