import { PassThrough } from "node:stream";
import type { Duplex } from "node:stream";
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from "node:zlib";

/** How dumps are made smaller, with what their names end in. */
export const COMPRESSIONS = {
  zstd: { suffix: ".zst", pack: (): Duplex => createZstdCompress(), unpack: (): Duplex => createZstdDecompress() },
  gzip: { suffix: ".gz", pack: (): Duplex => createGzip(), unpack: (): Duplex => createGunzip() },
  none: { suffix: "", pack: (): Duplex => new PassThrough(), unpack: (): Duplex => new PassThrough() },
} as const;
