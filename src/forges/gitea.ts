import type { Delivery, ForgeEvent, Reading, Ref } from "../domain/event.ts";
import { isRevision, parseRef } from "../domain/event.ts";
import type { Forge } from "./forge.ts";
import {
  asList,
  at,
  checkedRef,
  commitOf,
  formPayload,
  isZero,
  jsonBody,
  mediaType,
  message,
  person,
  previousOf,
  requiredRevision,
  requiredText,
  noBranchOrTag,
  noPush,
} from "./payload.ts";
import type { Json } from "./payload.ts";
import { pageUrl } from "./page-url.ts";
import type { ForgeSetup } from "./setup.ts";
import { signHmac, verifyHmac } from "./signatures.ts";

/** https://docs.gitea.com/usage/webhooks */
const GITEA: ForgeSetup = {
  name: "gitea",
  product: "Gitea",
  page: "the repository: Settings > Webhooks > Add Webhook > Gitea",
  fields: [
    { label: "Target URL", value: "{url}" },
    { label: "HTTP Method", value: "POST" },
    { label: "POST Content Type", value: "application/json" },
    { label: "Branch filter", value: "*" },
    { label: "Active", value: "ticked" },
  ],
  contentType: "application/json",
  secret: { label: "Secret", value: "{secret}" },
  events: ["Push Events (branches and tags)"],
  tls: "Gitea checks the certificate unless [webhook] SKIP_TLS_VERIFY = true stands in its app.ini.",
  network:
    "Gitea refuses loopback and private addresses until its app.ini allows them: [webhook] ALLOWED_HOST_LIST = external,{origin} (or loopback, private, a network). Restart Gitea after that.",
  test: "The button Test Delivery at the end of the webhook's page must show the response 200 with \"the forge's test button: it arrives here, and moves nothing\".",
  redeliver: "Recent Deliveries > a delivery > the button with the two arrows (Gitea 1.17 and later).",
  timeout: "5 seconds ([webhook] DELIVER_TIMEOUT). Gitea never sends a failed delivery again by itself.",
  notes: [],
  commands: [],
};

/** Forgejo came from Gitea: another name, and the same form. */
const FORGEJO: ForgeSetup = {
  ...GITEA,
  name: "forgejo",
  product: "Forgejo",
  page: "the repository: Settings > Webhooks > Add webhook > Forgejo",
  tls: GITEA.tls.replace("Gitea", "Forgejo"),
  network: GITEA.network.replaceAll("Gitea", "Forgejo"),
  redeliver: "Recent deliveries > a delivery > the button with the two arrows.",
  timeout: GITEA.timeout.replace("Gitea", "Forgejo"),
};

/** https://github.com/gogs/docs-api/blob/main/Repositories/Webhooks.md */
const GOGS: ForgeSetup = {
  ...GITEA,
  name: "gogs",
  product: "Gogs",
  page: "the repository: Settings > Webhooks > Add a new webhook > Gogs",
  fields: [
    { label: "Payload URL", value: "{url}" },
    { label: "Content Type", value: "application/json" },
    { label: "Active", value: "ticked" },
  ],
  events: [
    "Let me choose what I need",
    "Push (branches)",
    "Create (tags: Gogs sends no push for a tag)",
    "Delete (deleted branches and tags)",
  ],
  tls: "Gogs checks the certificate unless [webhook] SKIP_TLS_VERIFY = true stands in its app.ini.",
  network:
    "Gogs refuses addresses of its local network until its app.ini allows them: [security] LOCAL_NETWORK_ALLOWLIST = {origin}. Restart Gogs after that.",
  test: "The button Test Delivery on the webhook's page sends the newest commit as a push and must show the response 200.",
  redeliver: "Recent Deliveries > a delivery > Redelivery.",
  timeout: "15 seconds ([webhook] DELIVER_TIMEOUT). Gogs never sends a failed delivery again by itself.",
};

/** Gitea, Forgejo and Gogs, which all send Gitea's and GitHub's headers too. https://docs.gitea.com/usage/webhooks */
export const gitea: Forge = {
  name: "gitea",
  title: "Gitea, Forgejo, Gogs",
  baseUrl: undefined,
  secretKeys: ["webhook_secret"],
  signingTokenKeys: [],
  maxBodyBytes: 25 * 1024 * 1024,
  eventHeaders: ["X-Forgejo-Event", "X-Gitea-Event", "X-Gogs-Event"],
  credentialHeaders: [],
  // "Redeliver" sends the same bytes under a new id.
  redeliveryKeepsId: false,
  deliveryId: (headers) => ownHeader(headers, "delivery"),
  verify(delivery, { secrets }) {
    const header = ownHeader(delivery.headers, "signature");
    return verifyHmac({ bytes: signedBytes(delivery), header, prefix: "" }, secrets, "gitea");
  },
  parse(delivery): Reading {
    const name = ownHeader(delivery.headers, "event-type") ?? ownHeader(delivery.headers, "event") ?? "";
    const body = jsonBody(delivery);
    return { name, events: [isGogs(delivery.headers) ? gogsEventOf(name, body) : eventOf(name, body)] };
  },
  diffUrl: ({ base, repository, from, to }) =>
    pageUrl(base, repository, from === undefined ? ["commit", to] : ["compare", `${from}...${to}`]),
  setup: [GITEA, FORGEJO, GOGS],
  ping({ secrets }, id) {
    const body = Buffer.from(JSON.stringify({ delivery: id }));
    return {
      headers: {
        "content-type": "application/json",
        "x-gitea-event": "ping",
        "x-gitea-delivery": id,
        "x-gitea-signature": signHmac(body, "", secrets),
      },
      body,
    };
  },
};

/** Gitea and Forgejo send Gogs' headers beside their own. */
function isGogs(headers: Delivery["headers"]): boolean {
  return headers["x-forgejo-event"] === undefined && headers["x-gitea-event"] === undefined;
}

/** `x-forgejo-event`, `x-gitea-event` or `x-gogs-event`. */
function ownHeader(headers: Delivery["headers"], name: string): string | undefined {
  return headers[`x-forgejo-${name}`] ?? headers[`x-gitea-${name}`] ?? headers[`x-gogs-${name}`];
}

/** A form is signed over its decoded field, not over the body (gitea: services/webhook/deliver.go). */
function signedBytes(delivery: Delivery): Uint8Array {
  if (mediaType(delivery) !== "application/x-www-form-urlencoded") return delivery.body;
  try {
    return Buffer.from(formPayload(delivery), "utf8");
  } catch {
    // No such field: nothing that could have been signed. The comparison says no.
    return new Uint8Array();
  }
}

function eventOf(name: string, body: Json): ForgeEvent {
  const repository = at(body, "repository", "full_name");
  if (name === "push") return pushed(body);
  // A deleted branch comes as `delete` and never as a push; a deleted tag as both.
  if (name === "delete" && at(body, "ref_type") === "branch") {
    return {
      kind: "deleted",
      repository: requiredText(body, "repository", "full_name"),
      ref: checkedRef({ kind: "branch", name: requiredText(body, "ref") }),
    };
  }
  return noPush(name, repository);
}

/** Gogs tells of tags only by `create` and `delete`, never by a push. A new branch comes as `create` and as a push. */
function gogsEventOf(name: string, body: Json): ForgeEvent {
  if ((name !== "create" && name !== "delete") || at(body, "ref_type") !== "tag") return eventOf(name, body);
  const repository = requiredText(body, "repository", "full_name");
  const ref = checkedRef({ kind: "tag", name: requiredText(body, "ref").replace(/^refs\/tags\//, "") });
  if (name === "delete") return { kind: "deleted", repository, ref };
  const revision = at(body, "sha");
  // Old versions do not say which commit it is.
  if (revision === undefined || revision === "")
    return { kind: "unlisted", repository, reason: `Gogs does not say what the tag ${ref.name} names` };
  return {
    kind: "pushed",
    repository,
    ref,
    revision: requiredRevision(revision, "sha"),
    forced: false,
    test: false,
    message: "",
    pusher: person(at(body, "sender", "login"), at(body, "sender", "username")),
    paths: [],
    pathsComplete: false,
  };
}

function pushed(body: Json): ForgeEvent {
  const repository = requiredText(body, "repository", "full_name");
  const full = requiredText(body, "ref");
  const ref = refOf(full, body);
  if (ref === undefined) return noBranchOrTag(full, repository);
  checkedRef(ref);
  const before = at(body, "before");
  if (isZero(at(body, "after"))) {
    // The button on an empty repository.
    if (isZero(before))
      return { kind: "ignored", repository, reason: "the forge's test button on an empty repository" };
    return { kind: "deleted", repository, ref };
  }
  const after = requiredRevision(at(body, "after"), "after");
  const head = at(body, "head_commit", "id");
  const previous = previousOf(before);
  const test = before === after;
  return {
    kind: "pushed",
    repository,
    ref,
    revision: ref.kind === "tag" && isRevision(head) ? head : after,
    ...(previous === undefined ? {} : { previous }),
    forced: false,
    test,
    // Gogs and old versions of Gitea have no head_commit.
    message: message(at(body, "head_commit", "message") ?? at(commitOf(asList(at(body, "commits")), after), "message")),
    pusher: person(at(body, "pusher", "login"), at(body, "pusher", "username"), at(body, "sender", "login")),
    // The commits are cut at five, and nothing says whether the push was forced: git tells the runner.
    paths: [],
    pathsComplete: false,
  };
}

/** The API's test button copies a short ref as it is: only then, as nothing was pushed, a bare name is a branch. */
function refOf(full: string, body: Json): Ref | undefined {
  return (
    parseRef(full) ??
    (at(body, "before") === at(body, "after") && !full.startsWith("refs/") ? { kind: "branch", name: full } : undefined)
  );
}
