import { verify as verifySignature } from "@octokit/webhooks-methods";
import type { EmitterWebhookEventName } from "@octokit/webhooks";
import type { Delivery, ForgeEvent, Reading } from "../domain/event.ts";
import { isRevision, parseRef } from "../domain/event.ts";
import type { Forge, Verification } from "./forge.ts";
import {
  asList,
  at,
  checkedRef,
  commitOf,
  isZero,
  jsonBody,
  message,
  pathsOf,
  person,
  previousOf,
  requiredRevision,
  requiredText,
  noBranchOrTag,
  noPush,
} from "./payload.ts";
import type { Json } from "./payload.ts";
import type { ForgeSetup } from "./setup.ts";
import { formatProblem, hexDigest, signHmac, verifyHmac, wrongSecret } from "./signatures.ts";

const EXACT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** A push event names at most so many commits: https://docs.github.com/webhooks/webhook-events-and-payloads#push */
const MAX_COMMITS = 2048;

/** The names octokit knows; others are ignored all the same, as GitHub adds some now and then. */
const PUSH: EmitterWebhookEventName = "push";
const PING: EmitterWebhookEventName = "ping";

/** https://docs.github.com/webhooks/using-webhooks/creating-webhooks */
const SETUP: ForgeSetup = {
  name: "github",
  product: "GitHub, GitHub Enterprise Server",
  page: "the repository: Settings > Webhooks > Add webhook",
  fields: [
    { label: "Payload URL", value: "{url}" },
    { label: "Content type", value: "application/json" },
    { label: "Active", value: "ticked" },
  ],
  contentType: "application/json",
  secret: { label: "Secret", value: "{secret}" },
  events: ["Just the push event. (branches and tags)"],
  tls: "SSL verification: leave Enable SSL verification on. The URL needs a certificate of a public authority.",
  network: "GitHub.com calls public addresses only. Enterprise Server calls any address that it can reach.",
  test: 'Saving the form sends a ping. The tab Recent Deliveries must show the response 200 with "GitHub\'s ping: the webhook arrives here".',
  redeliver: "Recent Deliveries > a delivery > Redeliver, for three days.",
  timeout: "10 seconds (Enterprise Server: 30). GitHub never sends a failed delivery again by itself.",
  notes: [
    "GitHub sends no event for a push of more than three tags at once. The sweep finds such tags.",
    "GitHub sends no event whose body is larger than 25 MB.",
  ],
  commands: [],
};

/** GitHub.com and GitHub Enterprise Server. https://docs.github.com/webhooks */
export const github: Forge = {
  name: "github",
  title: "GitHub",
  baseUrl: "https://github.com",
  secretKeys: ["webhook_secret"],
  signingTokenKeys: [],
  maxBodyBytes: 25 * 1024 * 1024,
  eventHeaders: ["X-GitHub-Event"],
  credentialHeaders: [],
  redeliveryKeepsId: true,
  // Two hooks that hear one event share its GUID.
  deliveryId(headers) {
    const guid = headers["x-github-delivery"];
    return guid === undefined
      ? undefined
      : [guid, headers["x-github-hook-id"]].filter((part) => part !== undefined).join(" ");
  },
  verify: (delivery, { secrets }) => verify(delivery, secrets),
  parse(delivery): Reading {
    const name = delivery.headers["x-github-event"] ?? "";
    const body = jsonBody(delivery);
    return { name, events: [name === PUSH ? pushed(body) : ignored(name, body)] };
  },
  setup: [SETUP],
  ping({ secrets }, id) {
    const body = Buffer.from(JSON.stringify({ zen: "fraisier doctor", delivery: id }));
    return {
      headers: {
        "content-type": "application/json",
        "x-github-event": PING,
        "x-github-delivery": id,
        "x-hub-signature-256": signHmac(body, "sha256=", secrets),
      },
      body,
    };
  },
};

/** The largest body that is decoded before it is believed: text and bytes of one that anybody may send are in memory at once then. */
const MAX_TEXT_BYTES = 2 ** 20;

/** Through octokit where its text is exactly our bytes; it decodes, so large bodies and bytes that are no UTF-8 are verified as bytes. */
async function verify({ headers, body }: Delivery, secrets: readonly string[]): Promise<Verification> {
  const header = headers["x-hub-signature-256"];
  const problem = formatProblem(header, hexDigest(header, "sha256="), secrets, "github");
  if (problem !== undefined) return { authentic: false, reason: problem };
  const text = body.byteLength > MAX_TEXT_BYTES ? undefined : exactText(body);
  // octokit throws for an empty body instead of saying no.
  if (text === undefined || text === "") return verifyHmac(body, header, "sha256=", secrets, "github");
  // Each of them is tried: the time that it takes does not tell which secret matched.
  const matches = await Promise.all(secrets.map((secret) => verifySignature(secret, text, header ?? "")));
  const index = matches.indexOf(true);
  return index === -1 ? wrongSecret(secrets) : { authentic: true, proof: "signature", secret: index + 1 };
}

function exactText(body: Uint8Array): string | undefined {
  try {
    return EXACT_UTF8.decode(body);
  } catch {
    // Not UTF-8: there is no text with these bytes.
    return undefined;
  }
}

function pushed(body: Json): ForgeEvent {
  const repository = requiredText(body, "repository", "full_name");
  const full = requiredText(body, "ref");
  const ref = parseRef(full);
  if (ref === undefined) return noBranchOrTag(full, repository);
  checkedRef(ref);
  if (at(body, "deleted") === true || isZero(at(body, "after"))) return { kind: "deleted", repository, ref };
  const after = requiredRevision(at(body, "after"), "after");
  const head = at(body, "head_commit", "id");
  const commits = asList(at(body, "commits"));
  const paths = pathsOf(commits);
  const previous = previousOf(at(body, "before"));
  const forced = at(body, "forced") === true;
  return {
    kind: "pushed",
    repository,
    ref,
    // The commit, where `after` is an annotated tag's own object.
    revision: ref.kind === "tag" && isRevision(head) ? head : after,
    ...(previous === undefined ? {} : { previous }),
    forced,
    test: false,
    message: message(at(body, "head_commit", "message") ?? at(commitOf(commits, after), "message")),
    pusher: person(at(body, "pusher", "name"), at(body, "sender", "login")),
    paths: paths ?? [],
    pathsComplete: paths !== undefined && previous !== undefined && !forced && commits.length < MAX_COMMITS,
  };
}

function ignored(name: string, body: Json): ForgeEvent {
  const repository = at(body, "repository", "full_name");
  if (name !== PING) return noPush(name, repository);
  const reason = "GitHub's ping: the webhook arrives here";
  return { kind: "ignored", repository: typeof repository === "string" ? repository : "", reason };
}
