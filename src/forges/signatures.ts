import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Authentic, Verification } from "./forge.ts";

/** Bytes, and the header with their signature: the prefix (`sha256=` or nothing) and 64 lower-case hex digits. */
export interface SignedBytes {
  readonly bytes: Uint8Array;
  readonly header: string | undefined;
  readonly prefix: "sha256=" | "";
}

/**
 * Checks the header against the HMAC-SHA256 of the bytes under each secret. It must have its form exactly: two signatures joined by a comma, an empty one
 * or one in capitals is refused.
 * @param forge its name, for the sentence.
 */
export function verifyHmac(
  { bytes, header, prefix }: SignedBytes,
  secrets: readonly string[],
  forge: string,
): Verification {
  const digest = hexDigest(header, prefix);
  const problem = formatProblem(header, digest, secrets, forge);
  if (problem !== undefined || digest === undefined)
    return { authentic: false, reason: problem ?? "the signature is malformed" };
  const index = lastMatch(secrets, (secret) =>
    timingSafeEqual(createHmac("sha256", secret).update(bytes).digest(), digest),
  );
  return index === -1 ? wrongSecret(secrets) : provenBy("signature", index);
}

/** The header's value for these bytes under the first secret; empty without a secret. */
export function signHmac(bytes: Uint8Array, prefix: string, secrets: readonly string[]): string {
  const [secret] = secrets;
  return secret === undefined ? "" : prefix + createHmac("sha256", secret).update(bytes).digest("hex");
}

/** Why a signature cannot even be compared; undefined when it can. */
export function formatProblem(
  header: string | undefined,
  digest: Buffer | undefined,
  secrets: readonly string[],
  forge: string,
): string | undefined {
  // An unset variable must not open the door.
  if (secrets.length === 0) return `no webhook secret is configured for ${forge}`;
  if (header === undefined) return "the signature is missing";
  if (header === "" || header === "sha256=") return "the signature is empty: the webhook on the forge has no secret";
  return digest === undefined ? "the signature is malformed" : undefined;
}

export function hexDigest(header: string | undefined, prefix: string): Buffer | undefined {
  if (header === undefined || !header.startsWith(prefix)) return undefined;
  const hex = header.slice(prefix.length);
  return /^[0-9a-f]{64}$/.test(hex) ? Buffer.from(hex, "hex") : undefined;
}

export function wrongSecret(secrets: readonly string[]): Verification {
  return {
    authentic: false,
    reason: `the signature does not match ${secrets.length > 1 ? `any of the ${secrets.length} secrets` : "the secret"}`,
  };
}

/** Compares a plain token; the hashes of both sides have one length, so that nothing shows how long the secret is. */
export function verifyToken(token: string | undefined, secrets: readonly string[], forge: string): Verification {
  if (secrets.length === 0) return { authentic: false, reason: `no webhook secret is configured for ${forge}` };
  if (token === undefined || token === "") return { authentic: false, reason: "the token is missing" };
  // Node gives a header's bytes as Latin-1: a token with an umlaut arrives as its UTF-8 bytes, one character each.
  const given = sha256(Buffer.from(token, "latin1"));
  const index = lastMatch(secrets, (secret) => timingSafeEqual(sha256(secret), given));
  if (index !== -1) return provenBy("token", index);
  return {
    authentic: false,
    reason: `the token does not match ${secrets.length > 1 ? `any of the ${secrets.length} secrets` : "the secret"}`,
  };
}

/** Seconds a signed time may be off, either way, as the reference libraries of Standard Webhooks have it. */
const TOLERANCE_SECONDS = 300;

/** A text that is not base64 decodes to little or nothing, and anybody can sign with an empty key. */
const MIN_KEY_BYTES = 16;

export interface StandardHeaders {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

/** Standard Webhooks (github.com/standard-webhooks/standard-webhooks): `v1,<base64>` of an HMAC-SHA256 over `id.timestamp.body`; any of several may match. */
export function verifyStandard(
  bytes: Uint8Array,
  headers: StandardHeaders,
  tokens: readonly string[],
  now: Date,
): Verification {
  const { id, timestamp, signature } = headers;
  if (id === undefined || timestamp === undefined || signature === undefined) {
    return { authentic: false, reason: "the webhook-signature is missing, and a signing token is configured" };
  }
  if (!/^\d{1,12}$/.test(timestamp)) return { authentic: false, reason: "the webhook-timestamp is malformed" };
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) {
    return {
      authentic: false,
      reason: "the webhook-timestamp is more than five minutes off: is this machine's clock right?",
    };
  }
  const keys = tokens.map(signingKey);
  if (keys.some((key) => key.byteLength < MIN_KEY_BYTES)) {
    return { authentic: false, reason: "the signing token in the configuration is not whsec_ and base64 of a key" };
  }
  const given = signature.split(" ").flatMap((each) => {
    const [version, value = ""] = each.split(",", 2);
    const digest = Buffer.from(value, "base64");
    return version === "v1" && digest.byteLength === 32 ? [digest] : [];
  });
  const index = lastMatch(keys, (key) => {
    const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(bytes).digest();
    return lastMatch(given, (digest) => timingSafeEqual(expected, digest)) !== -1;
  });
  if (index !== -1) return provenBy("signature", index);
  return { authentic: false, reason: "the webhook-signature does not match the signing token" };
}

/** The headers of a Standard-Webhooks signature by the first token. */
export function signStandard(
  bytes: Uint8Array,
  id: string,
  tokens: readonly string[],
  now: Date,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const digest = createHmac("sha256", signingKey(tokens[0] ?? ""))
    .update(`${id}.${timestamp}.`)
    .update(bytes)
    .digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${digest}` };
}

function signingKey(token: string): Buffer {
  return Buffer.from(token.replace(/^whsec_/, ""), "base64");
}

/** The index of the last item that matches, or -1. All are compared: the time that it takes does not tell which of them matched. */
function lastMatch<Item>(items: readonly Item[], matches: (item: Item) => boolean): number {
  let found = -1;
  for (const [index, item] of items.entries()) if (matches(item)) found = index;
  return found;
}

function provenBy(proof: Authentic["proof"], index: number): Authentic {
  return { authentic: true, proof, secret: index + 1 };
}

function sha256(value: string | Buffer): Buffer {
  return createHash("sha256").update(value).digest();
}
