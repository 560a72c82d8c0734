import { createHash } from "node:crypto";

/**
 * The id of a trace in hexadecimal digits: sixteen bytes that follow from the delivery or the deployment which it begins with, so that spans which are sent
 * again after a crash are the same spans.
 */
export function traceIdOf(root: string): string {
  return bytesOf(["trace", root], 16);
}

/** The id of a span in hexadecimal digits: eight bytes that follow from its delivery or deployment, and from its place there. */
export function spanIdOf(...place: readonly (string | number)[]): string {
  return bytesOf(["span", ...place], 8);
}

function bytesOf(parts: readonly (string | number)[], length: number): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest().subarray(0, length).toString("hex");
}
