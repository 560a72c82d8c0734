import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { FraisierError, HostUnavailable, UsageError } from "../domain/errors.ts";
import { decrypted } from "./age-streams.ts";
import type { Key } from "./age-streams.ts";
import { MANIFEST, manifestSchema } from "./manifest.ts";
import type { ArchiveManifest, PartName } from "./manifest.ts";
import { messageOf } from "../domain/message-of.ts";

/** More than any manifest needs. */
const MAX_MANIFEST = 1 << 20;
const AGE_HEADER = "age-encryption.org/";

/** Takes one part of an archive. The part counts only once the whole archive was read without an error. */
export type TakePart = (name: PartName, content: AsyncIterable<Uint8Array>) => Promise<void>;

/**
 * Reads an archive as a stream, part by part, and compares each part with the manifest.
 * @throws HostUnavailable if it cannot be opened, is damaged or shortened, or was made by a newer fraisier; UsageError if a key is missing.
 */
export async function readArchive(file: string, key: Key | undefined, take: TakePart): Promise<ArchiveManifest> {
  const isEncrypted = await beginsWith(file, AGE_HEADER);
  if (isEncrypted && key === undefined) {
    throw new UsageError(`${file} is encrypted`, { hint: "Say --identity <file> or --passphrase-file <file>." });
  }
  try {
    const source = createReadStream(file);
    const plain = isEncrypted && key !== undefined ? await decrypted(source, key) : source;
    return await readTar(plain, take);
  } catch (cause) {
    // Errors of parts that could not be written are not the archive's.
    if (cause instanceof FraisierError || isOfFileSystem(cause)) throw cause;
    throw damaged(file, cause);
  }
}

async function readTar(plain: Readable, take: TakePart): Promise<ArchiveManifest> {
  const tar = extract();
  const gunzip = createGunzip();
  const feeding = pipeline(plain, gunzip, tar);
  // The reader of the entries gets the error, too.
  feeding.catch(() => {});
  let manifest: ArchiveManifest | undefined;
  const left = new Map<string, ArchiveManifest["parts"][number]>();
  for await (const entry of tar) {
    const { name, size, type } = entry.header;
    if (type !== "file") throw new Error(`${name} is not a file`);
    if (manifest === undefined) {
      if (name !== MANIFEST || size > MAX_MANIFEST) throw new Error("it does not begin with a manifest");
      manifest = parseManifest(await text(entry));
      for (const part of manifest.parts) left.set(part.name, part);
      continue;
    }
    const part = left.get(name);
    if (part === undefined || part.bytes !== size) throw new Error(`the manifest does not name ${name} like this`);
    left.delete(name);
    const sha256 = createHash("sha256");
    await take(part.name, hashed(entry as AsyncIterable<Uint8Array>, sha256));
    if (sha256.digest("hex") !== part.sha256) throw new Error(`${name} is not what the manifest says`);
  }
  await feeding;
  if (manifest === undefined) throw new Error("it is empty");
  if (left.size > 0) throw new Error(`it lacks ${[...left.keys()].join(", ")}`);
  return manifest;
}

async function* hashed(content: AsyncIterable<Uint8Array>, hash: { update(chunk: Uint8Array): unknown }) {
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
}

function parseManifest(json: string): ArchiveManifest {
  const value: unknown = JSON.parse(json);
  const { format, program } = value as { readonly format?: unknown; readonly program?: unknown };
  if (typeof format === "number" && format > 1) {
    throw new HostUnavailable(`the archive was made by a newer fraisier (${String(program)})`, {
      hint: "Install that fraisier or a newer one, and try again.",
    });
  }
  return manifestSchema.parse(value);
}

async function beginsWith(file: string, wanted: string): Promise<boolean> {
  try {
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(wanted.length), 0, wanted.length, 0);
    return buffer.subarray(0, bytesRead).toString("latin1") === wanted;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new HostUnavailable(`the archive ${file} cannot be read: ${code ?? String(cause)}`, { cause });
  }
}

function isOfFileSystem(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

function damaged(file: string, cause: unknown): HostUnavailable {
  const why = messageOf(cause);
  return new HostUnavailable(`the archive ${file} is damaged, shortened or no archive of fraisier: ${why}`, {
    hint: "Nothing was restored. Take another archive, or copy this one again from where it was kept.",
    cause,
  });
}
