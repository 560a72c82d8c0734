import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../domain/message-of.ts";
import type { Files } from "../host/files.ts";

/** The content of a backup's folder and how to read it, for a program or a person who has only the folder. */
export type Manifest = z.output<typeof schema>;

const file = z.object({
  /** The name within the folder. */
  name: z.string().regex(/^[\w.-]+$/),
  bytes: z.int().min(0),
  sha256: z.string(),
});

const schema = z.object({
  format: z.literal(1),
  id: z.string(),
  fraise: z.string(),
  environment: z.string(),
  job: z.string(),
  at: z.string(),
  by: z.string(),
  /** The reason for the backup: `before deployment …`, `by hand`. */
  reason: z.string(),
  /** The deployment that was live on this database then: revision, tag or branch, folder. Null if there was none. */
  revision: z.string().nullable(),
  ref: z.string().nullable(),
  release: z.string().nullable(),
  /** The deployment that waited for this backup, and the revision it deploys; null by hand. */
  deployment: z.string().nullable(),
  deploys: z.string().nullable(),
  engine: z.object({ name: z.string(), version: z.string() }),
  tool: z.string(),
  compress: z.enum(["zstd", "gzip", "none"]),
  dump: file.extend({ unpacked_bytes: z.int().min(0) }),
  /** Files beside the dump: the configuration as it was. */
  files: z.array(file),
  fraisier: z.string(),
});

const NAME = "manifest.json";

/** The size of all files together. */
export function bytesOf({ dump, files }: Manifest): number {
  return [dump, ...files].reduce((sum, { bytes }) => sum + bytes, 0);
}

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** @param text of a file. */
export function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Reads the folder's manifest; returns a sentence if it cannot be read. */
export async function readManifest(
  files: Files,
  folder: string,
): Promise<{ readonly manifest: Manifest; readonly sha256: string } | string> {
  let text: string | undefined;
  try {
    text = await files.readText(join(folder, NAME));
  } catch (error) {
    // A folder of another user, of root for example, must not hold up the others.
    return messageOf(error);
  }
  if (text === undefined) return `there is no ${NAME} in it`;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return `${NAME} is no JSON`;
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return { manifest: parsed.data, sha256: sha256Of(text) };
  const [issue] = parsed.error.issues;
  return `${NAME} is not understood: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`;
}

/** Durable when it resolves. */
export async function writeManifest(files: Files, folder: string, manifest: Manifest): Promise<void> {
  await files.writeText(join(folder, NAME), manifestText(manifest), 0o600);
}
