import type { ForgeEvent, Reading } from "../domain/event.ts";
import { parseRef } from "../domain/event.ts";
import type { Forge } from "./forge.ts";
import {
  at,
  checkedRef,
  isZero,
  jsonBody,
  message,
  person,
  previousOf,
  requiredRevision,
  requiredText,
  noBranchOrTag,
  noPush,
} from "./payload.ts";
import type { Json } from "./payload.ts";
import { verifyHmac } from "./signatures.ts";

/** A bare repository of one's own, whose post-receive hook (`scripts/post-receive`) signs and sends each ref. */
export const git: Forge = {
  name: "git",
  title: "a bare git repository",
  baseUrl: undefined,
  secretKeys: ["webhook_secret"],
  signingTokenKeys: [],
  maxBodyBytes: 1024 * 1024,
  recognises: (headers) => headers["x-fraisier-event"] !== undefined,
  deliveryId: (headers) => headers["x-fraisier-delivery"],
  verify: ({ headers, body }, { secrets }) =>
    verifyHmac(body, headers["x-fraisier-signature"], "sha256=", secrets, "git"),
  parse(delivery): Reading {
    const name = delivery.headers["x-fraisier-event"] ?? "";
    const body = jsonBody(delivery);
    return { name, events: [eventOf(name, body)] };
  },
};

function eventOf(name: string, body: Json): ForgeEvent {
  const repository = requiredText(body, "repository");
  if (name !== "push") return noPush(name, repository);
  const full = requiredText(body, "ref");
  const ref = parseRef(full);
  if (ref === undefined) return noBranchOrTag(full, repository);
  checkedRef(ref);
  if (isZero(at(body, "after"))) return { kind: "deleted", repository, ref };
  const previous = previousOf(at(body, "before"));
  return {
    kind: "pushed",
    repository,
    ref,
    revision: requiredRevision(at(body, "after"), "after"),
    ...(previous === undefined ? {} : { previous }),
    forced: at(body, "forced") === true,
    test: false,
    message: message(at(body, "message")),
    pusher: person(at(body, "pusher")),
    paths: [],
    pathsComplete: false,
  };
}
