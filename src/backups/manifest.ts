import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import type { Files } from "../host/files.ts";

/** What lies in a backup's folder and how to read it, for a program or a person who has nothing but the folder. */
export type Manifest = z.output<typeof schema>;

const file = z.object({
  /** Within the folder. */
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
  /** Why it was made: `before deployment …`, `by hand`. */
  reason: z.string(),
  /** What ran on this database then: revision, tag or branch, folder. Null where nothing did. */
  revision: z.string().nullable(),
  ref: z.string().nullable(),
  release: z.string().nullable(),
  /** The deployment it was made before, and what that one deploys; null by hand. */
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

/** Of all files together. */
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

/** The folder's manifest; a sentence where there is none that can be read. */
export async function readManifest(
  files: Files,
  folder: string,
): Promise<{ readonly manifest: Manifest; readonly sha256: string } | string> {
  let text: string | undefined;
  try {
    text = await files.readText(join(folder, NAME));
  } catch (error) {
    // Made by another user, by root for example: that must not hold up the others.
    return error instanceof Error ? error.message : String(error);
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
