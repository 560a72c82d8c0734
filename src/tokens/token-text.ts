import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Scanners for leaked secrets find a token by its beginning. */
const PREFIX = "frz_";
const SHAPE = /^frz_([0-9a-z]{13})_([\w-]{43})$/;

/** A new token: `frz_`, its id, and 256 random bits. Only its hash is kept. */
export function newTokenText(id: string): { readonly text: string; readonly hash: Uint8Array } {
  const text = `${PREFIX}${id}_${randomBytes(32).toString("base64url")}`;
  return { text, hash: hashOf(text) };
}

/** The id in a token, and the hash to compare with the one that the store has; undefined if a text is no token. */
export function readTokenText(text: string): { readonly id: string; readonly hash: Uint8Array } | undefined {
  const id = SHAPE.exec(text)?.[1];
  return id === undefined ? undefined : { id, hash: hashOf(text) };
}

/** Compares in constant time. */
export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}

/** A random token of 256 bits cannot be guessed from its hash, so that one round of SHA-256 is enough. */
function hashOf(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
