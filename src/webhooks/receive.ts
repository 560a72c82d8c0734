import type { IncomingDelivery, RecordedDelivery } from "../domain/decision.ts";
import { DeliveryRejected, StoreUnavailable } from "../domain/errors.ts";
import type { Reading } from "../domain/event.ts";
import type { Authentic, Forge } from "../forges/forge.ts";
import type { Log } from "../log.ts";
import type { Router } from "../routing/route.ts";
import { forgeByHeaders } from "./choose-forge.ts";
import { chooseInstance, instanceNamed } from "./choose-instance.ts";
import { claimsOf } from "./claims.ts";
import type { DeliveryCounts } from "./delivery-counts.ts";
import { answerToDoctor } from "./doctor-ping.ts";
import type { Inbox } from "./inbox.ts";
import { acceptedDelivery, refusedDelivery } from "./incoming-delivery.ts";
import type { Instance, KnownSecrets } from "./instance.ts";
import { secretsFor } from "./instance.ts";
import { proofOf, proveDelivery } from "./prove-delivery.ts";
import { createRefusalLimit } from "./refusal-limit.ts";

/** A request on the webhook URL before its body is read. */
export interface RequestHead {
  /** The last part of the URL; undefined for `POST /webhook`, where the headers tell. */
  readonly forgeName: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly remoteAddress: string;
}

/** The request with its body, read and counted. */
export interface WebhookRequest extends RequestHead {
  readonly body: Uint8Array;
  /** Called as soon as the sender has proved who it is. */
  readonly onVerified?: () => void;
}

/** A request that was refused, as far as it was read. */
export interface RefusedRequest extends RequestHead {
  readonly body?: Uint8Array;
  readonly bodyBytes: number;
}

export interface Receiver {
  /** Says whether the body of a request is worth reading, and up to which size. @throws DeliveryRejected, which is not recorded yet. */
  admit(head: RequestHead): { readonly maxBodyBytes: number };
  /** Verifies, parses, routes and records. When it resolves the push is safe on disk. @throws DeliveryRejected, StoreUnavailable */
  receive(request: WebhookRequest): Promise<RecordedDelivery>;
  /** Records a request that was refused before its body was read. */
  refuse(request: RefusedRequest, rejection: DeliveryRejected): Promise<void>;
}

export interface ReceiverParts {
  /** In the order in which headers are asked. */
  readonly forges: readonly Forge[];
  /** The instances of the settings in force. */
  readonly instances: () => readonly Instance[];
  readonly router: Router;
  readonly inbox: Pick<Inbox, "record">;
  /** A delivery was accepted that does not say what was pushed to this repository. */
  readonly onUnlisted: (forge: string, repository: string) => void;
  readonly counts: DeliveryCounts;
  readonly log: Log;
}

export function createReceiver(parts: ReceiverParts): Receiver {
  const { forges, instances, counts, log } = parts;
  const mayRecord = createRefusalLimit();

  const refuse: Receiver["refuse"] = async (request, rejection) => {
    const { name, forge } = likelyForge(request, parts);
    counts.add(name ?? "unknown", rejection.httpStatus);
    if (!mayRecord(request.remoteAddress)) {
      counts.addUnrecorded();
      return;
    }
    const claims = await claimsOf(forge, request.headers, request.body);
    const row = refusedDelivery(request, rejection, name ?? request.forgeName ?? "", claims);
    log.warn(
      {
        delivery: row.id,
        forge: row.forge,
        event: row.eventName,
        forgeDelivery: row.deliveryId,
        claimedRepository: row.claimedRepository,
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
  const admitted = (head: RequestHead): Instance => {
    const instance = chooseInstance(head, instances(), forges);
    refuseEncoded(head);
    return instance;
  };

  return {
    refuse,
    admit: (head) => ({ maxBodyBytes: admitted(head).forge.maxBodyBytes }),
    async receive(request) {
      const at = new Date();
      try {
        // The settings may have changed since the body began to arrive.
        const instance = admitted(request);
        const { forge } = instance;
        const proofs = await proveDelivery(instance, request, at);
        if ("reason" in proofs) throw await unproven(instance, request, proofs.reason);
        const isSigned = [...proofs.values()].every(({ proof }) => proof !== "none");
        // Anybody can send it, so it counts like a refused request.
        if (!isSigned && !mayRecord(request.remoteAddress))
          throw new DeliveryRejected(429, "too many test requests that nobody signed", { hint: "Wait a minute." });
        const reading = await readAuthentic(forge, request);
        const { secrets, proof } = proofOf(instance, proofs, reading);
        if (isSigned) request.onVerified?.();
        const proposals = parts.router(instance.name, reading);
        const delivery = withProof(acceptedDelivery({ request, at, instance, reading, proposals }), proof, secrets);
        const recorded = answerToDoctor(request, delivery) ?? (await record(parts, delivery));
        counts.add(instance.name, 200);
        for (const { kind, repository } of reading.events)
          if (kind === "unlisted") parts.onUnlisted(instance.name, repository);
        return recorded;
      } catch (error) {
        if (error instanceof DeliveryRejected) await refuse({ ...request, bodyBytes: request.body.byteLength }, error);
        throw error;
      }
    },
  };
}

/** The forge that a refused request seems to be meant for, and what rows and numbers call it. */
function likelyForge(
  { forgeName, headers }: RequestHead,
  { forges, instances }: ReceiverParts,
): { readonly name: string | undefined; readonly forge: Forge | undefined } {
  const sender = forgeByHeaders(headers, forges);
  const instance = forgeName === undefined ? undefined : instanceNamed(forgeName, instances(), forges);
  if (instance !== undefined && (sender === undefined || sender === instance.forge)) return instance;
  return { name: sender?.name, forge: sender };
}

async function unproven(instance: Instance, request: WebhookRequest, reason: string): Promise<DeliveryRejected> {
  const { name, forge, own } = instance;
  // Not the sender's mistake: 401 would tell it to give up, and some forges would switch the webhook off.
  if (await mayBeAuthentic(instance, request))
    return new DeliveryRejected(503, `deliveries of ${forge.title} cannot be verified now: a secret is missing here`, {
      hint: "fraisier status says which. Deliver it again once the operator has set it.",
    });
  const elsewhere = own.size === 0 ? "" : ", or with the webhook_secret of its fraise";
  const hint = `Compare the secret of the webhook on the forge with git.${name} in fraises.yaml${elsewhere}.`;
  return new DeliveryRejected(401, reason, { hint: forge.secretHint ?? hint });
}

/** Whether a secret is missing that could have proved what the request says. */
async function mayBeAuthentic(instance: Instance, { headers, body }: WebhookRequest): Promise<boolean> {
  const isIncomplete = [instance.shared, ...instance.own.values()].some((secrets) => secrets.isIncomplete);
  if (!isIncomplete || instance.own.size === 0) return isIncomplete;
  const { repository } = await claimsOf(instance.forge, headers, body);
  return repository === "" || secretsFor(instance, repository).isIncomplete;
}

function withProof(delivery: IncomingDelivery, { proof, secret }: Authentic, { key }: KnownSecrets): IncomingDelivery {
  // Anybody can send what no forge signs: nothing of it is kept but that it came.
  if (proof === "none") return { ...delivery, verified: false, headers: "{}", body: undefined, bodySha256: undefined };
  return { ...delivery, proof: { kind: proof, secret, key } };
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
function refuseEncoded({ headers }: RequestHead): void {
  const coding = headers["transfer-encoding"]?.trim().toLowerCase() ?? "chunked";
  // A proxy in front may undo `gzip, chunked`, and then the bytes that it saw are not these.
  if (coding !== "chunked")
    throw new DeliveryRejected(415, `the body is sent as Transfer-Encoding: ${coding.slice(0, 40)}`, {
      hint: "Send the body as it is, or in chunks. No forge encodes it.",
    });
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "";
  if (encoding === "" || encoding === "identity") return;
  throw new DeliveryRejected(415, `the body is compressed (Content-Encoding: ${encoding.slice(0, 40)})`, {
    hint: "Send the body as it is. No forge compresses it: a proxy in between, or a program of your own, does.",
  });
}

async function readAuthentic(forge: Forge, request: WebhookRequest): Promise<Reading> {
  if (forgeByHeaders(request.headers, [forge]) === undefined) {
    throw new DeliveryRejected(400, `no header names the event (${forge.eventHeaders.join(", ")})`, {
      hint: `${forge.title} sends it with each webhook: a proxy in between may drop it.`,
    });
  }
  try {
    return await forge.parse(request);
  } catch (error) {
    if (error instanceof DeliveryRejected) throw error;
    // A body no parser foresaw: the sender is told, the daemon lives, and the cause is kept for the log.
    throw new DeliveryRejected(400, "the body makes no sense", {
      hint: "Please report this with the body that the forge shows under the webhook's recent deliveries.",
      cause: error,
    });
  }
}
