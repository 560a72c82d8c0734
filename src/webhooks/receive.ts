import type { RecordedDelivery } from "../domain/decision.ts";
import { DeliveryRejected } from "../domain/errors.ts";
import type { Reading } from "../domain/event.ts";
import type { Forge, ForgeSecrets } from "../forges/forge.ts";
import type { Router } from "../routing/route.ts";
import type { Inbox } from "./inbox.ts";
import { acceptedDelivery, refusedDelivery } from "./incoming-delivery.ts";
import { createRefusalLimit } from "./refusal-limit.ts";

/** One request on the webhook URL, its body read and counted. */
export interface WebhookRequest {
  /** The forge of the URL; undefined for `POST /webhook`, where the headers tell. */
  readonly forgeName: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly remoteAddress: string;
}

export interface Receiver {
  /** Verifies, parses, routes and records. When it resolves the push is safe on disk. @throws DeliveryRejected, StoreUnavailable */
  receive(request: WebhookRequest): Promise<RecordedDelivery>;
  /** Records a request that was refused before it could be read: too large, wrong method. */
  refuse(
    request: Omit<WebhookRequest, "body"> & { readonly bodyBytes: number },
    rejection: DeliveryRejected,
  ): Promise<void>;
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
  readonly inbox: Inbox;
}

export function createReceiver({ forges, secretsOf, router, inbox }: ReceiverParts): Receiver {
  const mayRecord = createRefusalLimit();

  const refuse: Receiver["refuse"] = async (request, rejection) => {
    if (!mayRecord(request.remoteAddress)) return;
    await inbox.record(refusedDelivery(request, rejection));
  };

  return {
    refuse,
    async receive(request) {
      const at = new Date();
      try {
        const forge = forgeOf(request, forges);
        const secrets = secretsOf(forge.name);
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
            hint: `Compare the secret of the webhook on the forge with git.${forge.name} in fraises.yaml.`,
          });
        }
        const reading = readAuthentic(forge, request);
        return await inbox.record(acceptedDelivery(request, at, forge, reading, router(forge.name, reading)));
      } catch (error) {
        if (error instanceof DeliveryRejected) await refuse({ ...request, bodyBytes: request.body.byteLength }, error);
        throw error;
      }
    },
  };
}

function forgeOf(request: WebhookRequest, forges: readonly Forge[]): Forge {
  const forge = forges.find(({ name, recognises }) =>
    request.forgeName === undefined ? recognises(request.headers) : name === request.forgeName,
  );
  if (forge !== undefined) return forge;
  const known = forges.map(({ name }) => name).join(", ");
  if (request.forgeName === undefined) {
    throw new DeliveryRejected(400, "the headers are of no forge fraisier knows", {
      hint: `Use /webhook/<forge> with one of ${known}.`,
    });
  }
  throw new DeliveryRejected(404, "no such forge", { hint: `Known: ${known}.` });
}

function readAuthentic(forge: Forge, request: WebhookRequest): Reading {
  try {
    return forge.parse(request);
  } catch (error) {
    if (error instanceof DeliveryRejected) throw error;
    // A body no parser foresaw: the sender is told, the daemon lives, and the cause is kept for the log.
    throw new DeliveryRejected(400, "the body makes no sense", { cause: error });
  }
}
