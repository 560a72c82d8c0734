import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const BYTES = 32;
const SHAPE = /^[\w-]{43}$/;

/** The secret of a new session, for its cookie: 256 random bits. Only its hash is kept. */
export function newSessionText(): string {
  return randomBytes(BYTES).toString("base64url");
}

/** The hash under which the store has a session; undefined if a text is no secret of a session. */
export function sessionHash(text: string): Uint8Array | undefined {
  return SHAPE.test(text) ? createHash("sha256").update(text).digest() : undefined;
}

/** A word that only pages of this session have, for their forms. It looks different each time, so that the size of a compressed page tells nothing about it. */
export function newFormWord(session: string): string {
  const mask = randomBytes(BYTES);
  return Buffer.concat([mask, xor(mask, formSecret(session))]).toString("base64url");
}

/** Whether a word stems from a page of this session. */
export function isFormWord(session: string, word: string): boolean {
  const bytes = Buffer.from(word, "base64url");
  if (bytes.byteLength !== 2 * BYTES) return false;
  return timingSafeEqual(xor(bytes.subarray(0, BYTES), bytes.subarray(BYTES)), formSecret(session));
}

function formSecret(session: string): Uint8Array {
  return createHmac("sha256", session).update("a form of the dashboard").digest();
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, index) => byte ^ (b[index] ?? 0));
}
