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
import type { ForgeSetup } from "./setup.ts";
import { signHmac, verifyHmac } from "./signatures.ts";

/** docs/bare-repository.md has the same with the rights that each command needs. */
const SETUP: ForgeSetup = {
  name: "git",
  product: "a bare git repository",
  page: "no page: the hook post-receive of the repository, on the host where the repository lies",
  fields: [{ label: "git config fraisier.url", value: "{url}" }],
  contentType: "application/json",
  secret: {
    label: "git config fraisier.secretFile",
    value: "a file whose one line is {secret}, readable by everybody who pushes",
  },
  events: ["every pushed branch and tag"],
  tls: "curl checks the certificate by the system's authorities.",
  network: "The hook calls any address that its host can reach, 127.0.0.1 too.",
  test: "A push prints fraisier's answer: remote: fraisier: …",
  redeliver:
    "fraisier webhooks replay <delivery>, or fraisier deploy. A delivery that never arrived is found by the sweep.",
  timeout: "10 seconds, and two more attempts. The hook never makes a push fail.",
  notes: [],
  commands: [
    "sudo install -m 755 {hook} {repository}/hooks/post-receive",
    "{copySecret}",
    "sudo git config --file {repository}/config fraisier.url {url}",
    "sudo git config --file {repository}/config fraisier.secretFile {secretFile}",
    "sudo git config --file {repository}/config fraisier.repository {name}",
  ],
};

/** A bare repository of one's own, whose post-receive hook (`scripts/post-receive`) signs and sends each ref. */
export const git: Forge = {
  name: "git",
  title: "a bare git repository",
  baseUrl: undefined,
  secretHint:
    "Compare the file that `git config fraisier.secretFile` of the repository names with git.git.webhook_secret in fraises.yaml. Then push again, or deploy by hand: fraisier deploy <fraise> <environment>.",
  secretKeys: ["webhook_secret"],
  signingTokenKeys: [],
  maxBodyBytes: 1024 * 1024,
  eventHeaders: ["X-Fraisier-Event"],
  credentialHeaders: [],
  // The hook's own attempts keep the id.
  redeliveryKeepsId: true,
  deliveryId: (headers) => headers["x-fraisier-delivery"],
  verify: ({ headers, body }, { secrets }) =>
    verifyHmac({ bytes: body, header: headers["x-fraisier-signature"], prefix: "sha256=" }, secrets, "git"),
  parse(delivery): Reading {
    const name = delivery.headers["x-fraisier-event"] ?? "";
    const body = jsonBody(delivery);
    return { name, events: [eventOf(name, body)] };
  },
  diffUrl: () => undefined,
  setup: [SETUP],
  ping({ secrets }, id) {
    const body = Buffer.from(JSON.stringify({ delivery: id }));
    return {
      headers: {
        "content-type": "application/json",
        "x-fraisier-event": "ping",
        "x-fraisier-delivery": id,
        "x-fraisier-signature": signHmac(body, "sha256=", secrets),
      },
      body,
    };
  },
};

function eventOf(name: string, body: Json): ForgeEvent {
  // A ping speaks for no repository.
  if (name !== "push") return noPush(name, at(body, "repository"));
  const repository = requiredText(body, "repository");
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
