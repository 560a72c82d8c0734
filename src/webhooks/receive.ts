import type { IncomingDelivery, RecordedDelivery } from "../domain/decision.ts";
import { DeliveryRejected, StoreUnavailable } from "../domain/errors.ts";
import type { Reading } from "../domain/event.ts";
import type { Authentic, Forge, ForgeSecrets } from "../forges/forge.ts";
import type { Log } from "../log.ts";
import type { Router } from "../routing/route.ts";
import { chooseForge, forgeByHeaders, forgeNamed } from "./choose-forge.ts";
import { claimsOf } from "./claims.ts";
import type { DeliveryCounts } from "./delivery-counts.ts";
import { answerToDoctor } from "./doctor-ping.ts";
import type { Inbox } from "./inbox.ts";
import { acceptedDelivery, refusedDelivery } from "./incoming-delivery.ts";
import { createRefusalLimit } from "./refusal-limit.ts";

/** One request on the webhook URL, its body read and counted. */
export interface WebhookRequest {
  /** What the URL says after `/webhook/`; undefined for `POST /webhook`, where the headers tell. */
  readonly forgeName: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly remoteAddress: string;
}

/** A request that was refused, as far as it was read. */
export interface RefusedRequest extends Omit<WebhookRequest, "body"> {
  readonly body?: Uint8Array;
  readonly bodyBytes: number;
}

export interface Receiver {
  /** Verifies, parses, routes and records. When it resolves the push is safe on disk. @throws DeliveryRejected, StoreUnavailable */
  receive(request: WebhookRequest): Promise<RecordedDelivery>;
  /** Records a request that was refused before it could be read: too large, wrong method, wrong path. */
  refuse(request: RefusedRequest, rejection: DeliveryRejected): Promise<void>;
}

/** The secrets of one forge, as far as they can be resolved. */
export interface KnownSecrets extends ForgeSecrets {
  /** fraises.yaml names a secret of this forge that is not there, or none at all: an authentic delivery may not be recognised. */
  readonly isIncomplete: boolean;
}

export interface ReceiverParts {
  /** In the order in which headers are asked. */
  readonly forges: readonly Forge[];
  readonly secretsOf: (forge: string) => KnownSecrets;
  readonly router: Router;
  readonly inbox: Pick<Inbox, "record">;
  /** A delivery was accepted that does not say what was pushed to this repository. */
  readonly onUnlisted: (forge: string, repository: string) => void;
  readonly counts: DeliveryCounts;
  readonly log: Log;
}

export function createReceiver(parts: ReceiverParts): Receiver {
  const { forges, counts, log } = parts;
  const mayRecord = createRefusalLimit();

  const refuse: Receiver["refuse"] = async (request, rejection) => {
    const forge =
      forgeByHeaders(request.headers, forges) ??
      (request.forgeName === undefined ? undefined : forgeNamed(request.forgeName, forges));
    counts.add(forge?.name ?? "unknown", rejection.httpStatus);
    if (!mayRecord(request.remoteAddress)) return;
    const claims = claimsOf(forge, request.headers, request.body);
    const row = refusedDelivery(request, rejection, forge?.name ?? request.forgeName ?? "", claims);
    log.warn(
      {
        delivery: row.id,
        forge: row.forge,
        event: claims.eventName,
        forgeDelivery: claims.deliveryId,
        claimedRepository: claims.repository,
        from: request.remoteAddress,
        status: rejection.httpStatus,
        reason: rejection.message,
        hint: rejection.hint,
      },
      "refused a delivery",
    );
    await record(parts, row).catch((error: unknown) => {
      // The sender hears why it was refused, whether or not the store can remember it.
      if (!(error instanceof StoreUnavailable)) throw error;
    });
  };

  return {
    refuse,
    async receive(request) {
      const at = new Date();
      try {
        const forge = chooseForge(request.forgeName, request.headers, forges);
        refuseEncoded(request);
        const secrets = parts.secretsOf(forge.name);
        const verification = await forge.verify(request, secrets, at);
        if (!verification.authentic) {
          // Not the sender's mistake: 401 would tell it to give up, and some forges would switch the webhook off.
          if (secrets.isIncomplete) {
            throw new DeliveryRejected(
              503,
              `deliveries of ${forge.title} cannot be verified now: a secret is missing here`,
              {
                hint: "fraisier status says which. Deliver it again once the operator has set it.",
              },
            );
          }
          throw new DeliveryRejected(401, verification.reason, {
            hint:
              forge.secretHint ??
              `Compare the secret of the webhook on the forge with git.${forge.name} in fraises.yaml.`,
          });
        }
        if (verification.proof === "none" && !mayRecord(request.remoteAddress))
          throw new DeliveryRejected(401, "too many test requests that nobody signed", { hint: "Wait a minute." });
        const reading = readAuthentic(forge, request);
        const delivery = accepted(parts, { request, at, forge, verification, reading });
        const recorded = answerToDoctor(request, delivery) ?? (await record(parts, delivery));
        counts.add(forge.name, 200);
        for (const { kind, repository } of reading.events)
          if (kind === "unlisted") parts.onUnlisted(forge.name, repository);
        return recorded;
      } catch (error) {
        if (error instanceof DeliveryRejected) await refuse({ ...request, bodyBytes: request.body.byteLength }, error);
        throw error;
      }
    },
  };
}

function accepted(
  { router }: ReceiverParts,
  {
    request,
    at,
    forge,
    verification,
    reading,
  }: { request: WebhookRequest; at: Date; forge: Forge; verification: Authentic; reading: Reading },
): IncomingDelivery {
  const delivery = acceptedDelivery(request, at, forge, reading, router(forge.name, reading));
  const { proof, secret } = verification;
  // Anybody can send what no forge signs: nothing of it is kept but that it came.
  if (proof === "none") return { ...delivery, verified: false, headers: "{}", body: undefined, bodySha256: undefined };
  return { ...delivery, proof: { kind: proof, secret } };
}

async function record({ inbox, counts, log }: ReceiverParts, delivery: IncomingDelivery): Promise<RecordedDelivery> {
  try {
    return await inbox.record(delivery);
  } catch (error) {
    if (error instanceof StoreUnavailable) {
      const { forge, eventName: event, deliveryId: forgeDelivery, repository, httpStatus } = delivery;
      if (httpStatus === 200) counts.add(forge, 503);
      log.error({ forge, event, forgeDelivery, repository, reason: error.message }, "a delivery was not recorded");
    }
    throw error;
  }
}

/** Signatures are over the bytes before they were compressed, or after: no forge compresses, so fraisier does not guess. */
function refuseEncoded({ headers }: WebhookRequest): void {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "";
  if (encoding === "" || encoding === "identity") return;
  throw new DeliveryRejected(415, `the body is compressed (Content-Encoding: ${encoding.slice(0, 40)})`, {
    hint: "Send the body as it is. No forge compresses it: a proxy in between, or a program of your own, does.",
  });
}

function readAuthentic(forge: Forge, request: WebhookRequest): Reading {
  if (forgeByHeaders(request.headers, [forge]) === undefined) {
    throw new DeliveryRejected(400, `no header names the event (${forge.eventHeaders.join(", ")})`, {
      hint: `${forge.title} sends it with each webhook: a proxy in between may drop it.`,
    });
  }
  try {
    return forge.parse(request);
  } catch (error) {
    if (error instanceof DeliveryRejected) throw error;
    // A body no parser foresaw: the sender is told, the daemon lives, and the cause is kept for the log.
    throw new DeliveryRejected(400, "the body makes no sense", {
      hint: "Please report this with the body that the forge shows under the webhook's recent deliveries.",
      cause: error,
    });
  }
}
