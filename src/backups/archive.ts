import { createHash } from "node:crypto";
import { PassThrough, Transform, pipeline as connect } from "node:stream";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DISK_HINTS } from "../domain/disk-trouble.ts";
import { HostUnavailable, StepFailed } from "../domain/errors.ts";
import type { Files } from "../host/files.ts";
import { COMPRESSIONS } from "./compression.ts";
import type { Manifest } from "./manifest.ts";

/** Packs what `produce` writes into a new file, which is on disk when it resolves. Memory does not grow with it. */
export async function writeArchive(
  files: Files,
  path: string,
  compress: Manifest["compress"],
  produce: (to: Writable) => Promise<void>,
): Promise<Omit<Manifest["dump"], "name">> {
  const head = new PassThrough();
  const raw = meter();
  const packed = meter();
  const written = pipeline(head, raw.stream, COMPRESSIONS[compress].pack(), packed.stream, files.write(path, 0o600));
  const produced = produce(head).catch((error: unknown) => {
    // Without this a program that never started would leave the file waiting for ever.
    head.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  const [producing, writing] = await Promise.allSettled([produced, written]);
  const isDisk = writing.status === "rejected" && (writing.reason as NodeJS.ErrnoException).syscall !== undefined;
  if (isDisk) throw diskFailed(path, writing.reason as NodeJS.ErrnoException);
  if (producing.status === "rejected") throw producing.reason;
  if (writing.status === "rejected") throw writing.reason;
  const { bytes, sha256 } = packed.total();
  return { bytes, sha256, unpacked_bytes: raw.total().bytes };
}

/** Reads an archive and unpacks it. The stream breaks with StepFailed unless the file is the one that was written, byte by byte. */
export function readArchive(
  files: Files,
  path: string,
  compress: Manifest["compress"],
  expected: { readonly bytes: number; readonly sha256: string },
): Readable {
  const unpacked = COMPRESSIONS[compress].unpack();
  // An error in any stream of the chain destroys the last one.
  connect(files.read(path), meter((total) => check(path, total, expected)).stream, unpacked, () => {});
  return unpacked;
}

/** @throws StepFailed when the file is not the one that was written. */
export async function checkFile(
  files: Files,
  path: string,
  expected: { readonly bytes: number; readonly sha256: string },
): Promise<void> {
  const found = await files.size(path);
  if (found === undefined) throw new StepFailed(`${path} is missing`);
  const { stream, total } = meter();
  stream.resume();
  await pipeline(files.read(path), stream);
  check(path, total(), expected);
}

interface Total {
  readonly bytes: number;
  readonly sha256: string;
}

/** Lets every byte pass and counts them. @param atEnd may throw. */
function meter(atEnd: (total: Total) => void = () => {}): { readonly stream: Transform; total(): Total } {
  const hash = createHash("sha256");
  let bytes = 0;
  let digest: string | undefined;
  const total = (): Total => ({ bytes, sha256: (digest ??= hash.digest("hex")) });
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      try {
        atEnd(total());
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
  return { stream, total };
}

function check(path: string, { bytes, sha256 }: Total, expected: Total): void {
  if (bytes !== expected.bytes) throw new StepFailed(`${path} has ${bytes} bytes; ${expected.bytes} were written`);
  if (sha256 !== expected.sha256) {
    throw new StepFailed(`${path} has changed: its SHA-256 is ${sha256}, and ${expected.sha256} was written`);
  }
}

function diskFailed(path: string, cause: NodeJS.ErrnoException): HostUnavailable {
  return new HostUnavailable(`cannot write ${path}: ${cause.message}`, {
    cause,
    hint: cause.code === "ENOSPC" || cause.code === "EDQUOT" ? DISK_HINTS.full : "May fraisier write there?",
  });
}
