import type { Delivery, Reading } from "../domain/event.ts";
import type { ForgeSetup } from "./setup.ts";

/** A website (or a bare repository) that hosts git repositories and tells us about pushes. */
export interface Forge {
  /** The word after `provider:` in fraises.yaml, and the last part of the webhook URL (`POST /webhook/<name>`) unless an instance has a name of its own. */
  readonly name: string;
  /** For people: `GitHub`, `Gitea or Forgejo`. */
  readonly title: string;
  /** The advice after a wrong signature, if there are no pages of a forge with a secret and a way to send again. */
  readonly secretHint?: string;
  /** The forge's URL if `base_url` does not name it; undefined for forges that people run themselves. */
  readonly baseUrl: string | undefined;
  /** Keys below `git.<name>` in fraises.yaml that hold HMAC secrets or tokens. */
  readonly secretKeys: readonly string[];
  /** Keys that hold signing tokens. */
  readonly signingTokenKeys: readonly string[];
  /** The largest body this forge sends, in bytes. */
  readonly maxBodyBytes: number;
  /**
   * The headers that name the event, as the forge writes them. A request with one of them is this forge's; if several forges send the same header,
   * the more special forge comes first in index.ts.
   */
  readonly eventHeaders: readonly string[];
  /** The headers in which deliveries carry the secret itself: they are never stored. A signature is no secret. */
  readonly credentialHeaders: readonly string[];
  /** The id of the delivery, together with the hook's if two hooks share ids. Undefined if the forge sends none. */
  deliveryId(headers: Delivery["headers"]): string | undefined;
  /**
   * Whether the forge sends a delivery again under the id of the first time. If not, or if there is no id, the same bytes count as the same delivery
   * for as long as the ref has not moved since.
   */
  readonly redeliveryKeepsId: boolean;
  /**
   * Whether one of the secrets signed these bytes. No secret configured is false: an unset variable must not open the door.
   * Returns the sentence to record when it is not authentic. Never throws for anything a stranger can send.
   */
  verify(delivery: Delivery, secrets: ForgeSecrets, now: Date): Verification | Promise<Verification>;
  /**
   * The meaning of the delivery. Acted on only after `verify` said yes; for a refused delivery it tells what the sender claims. Throws DeliveryRejected (400 or
   * 415) when the body makes no sense.
   */
  parse(delivery: Delivery): Reading | Promise<Reading>;
  /** The page of the forge that shows a change. Undefined for a forge without pages. */
  diffUrl(change: Change): string | undefined;
  /** The instructions for the forge's pages; several if several products send the same deliveries. */
  readonly setup: readonly ForgeSetup[];
  /**
   * A delivery that deploys nothing, signed as this forge signs: `fraisier doctor` sends it to the daemon's own URL.
   * @param id a new one for each ping, so that no ping looks like a redelivery of another.
   */
  ping(secrets: ForgeSecrets, id: string, now: Date): Delivery;
}

/** A change of the code of a repository. */
export interface Change {
  /** The address of the forge. */
  readonly base: string;
  /** As the forge writes it: `owner/name`. */
  readonly repository: string;
  /** Undefined for the change that a single commit made. */
  readonly from: string | undefined;
  readonly to: string;
}

export type Verification = Authentic | { readonly authentic: false; readonly reason: string };

export interface Authentic {
  readonly authentic: true;
  /** The thing that was compared. `none`: a test request that its forge never signs. */
  readonly proof: "signature" | "token" | "none";
  /** The number of the configured secret that matched, from 1; 0 if there was nothing to compare. */
  readonly secret: number;
}

/** Resolved secrets of one forge; each list may hold several while they are rotated. */
export interface ForgeSecrets {
  /** HMAC secrets; for GitLab the plain tokens. */
  readonly secrets: readonly string[];
  /** Standard-Webhooks signing tokens, `whsec_…` (GitLab 19 and later); once set, a signature is required. */
  readonly signingTokens: readonly string[];
}
