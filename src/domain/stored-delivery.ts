import type { TargetKey } from "./fraise.ts";

/** A delivery as lists show it: without headers and body. */
export interface StoredDelivery {
  readonly id: string;
  readonly receivedAt: string;
  readonly forge: string;
  /** The forge's own id of it; undefined if the forge gives none. */
  readonly deliveryId: string | undefined;
  readonly eventName: string;
  readonly repository: string;
  /** The claims of a refused delivery; empty for an authentic one. */
  readonly claimedRepository: string;
  readonly remoteAddress: string;
  readonly bodyBytes: number;
  readonly verified: boolean;
  /** Undefined if nothing proved that it is authentic. */
  readonly proof: StoredProof | undefined;
  readonly httpStatus: number;
  readonly decision: string;
  readonly reason: string;
  /** The first delivery of the same push. */
  readonly redeliveryOf: string | undefined;
}

/** The proof that a delivery is authentic. */
interface StoredProof {
  /** `signature` or `token`. */
  readonly kind: string;
  /** The number of the configured secret that matched, from 1. */
  readonly secret: number | undefined;
  /** The key of fraises.yaml that names these secrets; empty in records of a version that did not write it. */
  readonly key: string;
}

/** A delivery with everything that came with it. */
export interface WholeDelivery extends StoredDelivery {
  /** JSON: by name in small letters. */
  readonly headers: string;
  /** Undefined for refused deliveries, and once `keep_payloads_days` are over. */
  readonly body: Uint8Array | undefined;
}

/** A decision about a delivery for one target; the names of the target are empty if it concerns none. */
export interface StoredDecision extends TargetKey {
  readonly delivery: string;
  readonly sequence: number;
  /** Full; empty if the delivery names none. */
  readonly ref: string;
  readonly revision: string;
  readonly decision: string;
  readonly reason: string;
  readonly deployment: string | undefined;
}
