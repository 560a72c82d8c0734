import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import type { Pack } from "tar-stream";
import { encrypted } from "./age-streams.ts";
import type { Lock } from "./age-streams.ts";
import { MANIFEST } from "./manifest.ts";
import type { ArchiveManifest, PartName } from "./manifest.ts";

/** A file to put into an archive. The file is read twice: for its hash in the manifest, and for the archive. */
export interface Part {
  readonly name: PartName;
  readonly bytes: number;
  read(): Readable;
}

/** A small part. */
export function textPart(name: PartName, text: string): Part {
  const bytes = Buffer.from(text);
  return { name, bytes: bytes.length, read: () => Readable.from([bytes]) };
}

/** Writes tar, gzip and age, in this order, as a stream: the archive is never held in memory. Ends `to`. Without a lock it is not encrypted. */
export async function writeArchive(
  about: Omit<ArchiveManifest, "parts" | "format">,
  parts: readonly Part[],
  lock: Lock | undefined,
  to: Writable,
): Promise<ArchiveManifest> {
  const manifest: ArchiveManifest = { format: 1, ...about, parts: [] };
  for (const part of parts) {
    const sha256 = createHash("sha256");
    for await (const chunk of part.read()) sha256.update(chunk as Uint8Array);
    manifest.parts.push({ name: part.name, bytes: part.bytes, sha256: sha256.digest("hex") });
  }
  const tar = pack();
  const gzip = createGzip({ level: 4 });
  const out = lock === undefined ? gzip : await encrypted(gzip, lock);
  await Promise.all([fill(tar, manifest, parts), pipeline(tar, gzip), pipeline(out, to)]);
  return manifest;
}

async function fill(tar: Pack, manifest: ArchiveManifest, parts: readonly Part[]): Promise<void> {
  const mtime = new Date(manifest.made_at);
  try {
    const about = textPart("fraises.yaml", `${JSON.stringify(manifest, null, 2)}\n`);
    for (const { name, bytes, read } of [{ ...about, name: MANIFEST }, ...parts]) {
      await pipeline(read(), tar.entry({ name, size: bytes, mode: 0o600, mtime }));
    }
    tar.finalize();
  } catch (error) {
    tar.destroy(error as Error);
    throw error;
  }
}
