import { createHash } from "node:crypto";

/** Sections that differ from host to host. */
const OF_THE_HOST = /^(?:["']?(?:server|store)["']?)\s*:/;
/** The first line of another section. */
const SECTION = /^[^\s#]/;

/** A short digest of the text of fraises.yaml without the sections `server` and `store`, by which the settings of several hosts are compared. Pure. */
export function configDigest(text: string): string {
  const hash = createHash("sha256");
  let isLeftOut = false;
  for (const line of text.split("\n")) {
    if (SECTION.test(line)) isLeftOut = OF_THE_HOST.test(line);
    if (!isLeftOut) hash.update(`${line}\n`);
  }
  return hash.digest("hex").slice(0, 12);
}
