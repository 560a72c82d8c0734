import { Webhooks, emitterEventNames } from "@octokit/webhooks";
import type { EmitterWebhookEvent, EmitterWebhookEventName } from "@octokit/webhooks";
import type { Delivery, ForgeEvent, Reading, Ref } from "../domain/event.ts";
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
  textIn,
  noBranchOrTag,
  noPush,
} from "./payload.ts";
import type { Json } from "./payload.ts";
import { pageUrl } from "./page-url.ts";
import type { ForgeSetup } from "./setup.ts";
import { formatProblem, hexDigest, signHmac, verifyHmac, wrongSecret } from "./signatures.ts";

const EXACT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** A push event names at most so many commits: https://docs.github.com/webhooks/webhook-events-and-payloads#push */
const MAX_COMMITS = 2048;

const PING: EmitterWebhookEventName = "ping";
const KNOWN_NAMES: ReadonlySet<string> = new Set(emitterEventNames);

/**
 * A payload with the field names that GitHub declares, so that the compiler finds a misspelt one, and without its promises about the values: a
 * signature says who wrote a body, and not that the body is well-formed.
 */
type Unchecked<Value> = Value extends null | undefined
  ? Value
  : Value extends readonly unknown[]
    ? unknown
    : Value extends object
      ? { readonly [Name in keyof Value]?: Unchecked<Value[Name]> }
      : unknown;
type Payload<Name extends EmitterWebhookEventName> = Unchecked<EmitterWebhookEvent<Name>["payload"]>;

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
  async parse(delivery): Promise<Reading> {
    const name = delivery.headers["x-github-event"] ?? "";
    return { name, events: [await eventOf(name, jsonBody(delivery))] };
  },
  diffUrl: ({ base, repository, from, to }) =>
    pageUrl(base, repository, from === undefined ? ["commit", to] : ["compare", `${from}...${to}`]),
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

/**
 * octokit compares the signature with each secret. Three things are ours: octokit verifies text, so that bytes that are not UTF-8, and large bodies,
 * are verified as bytes; it throws for an empty body; and `Webhooks.verify` ignores `additionalSecrets`, so that each secret in rotation is asked.
 */
async function verify({ headers, body }: Delivery, secrets: readonly string[]): Promise<Verification> {
  const header = headers["x-hub-signature-256"];
  const problem = formatProblem(header, hexDigest(header, "sha256="), secrets, "github");
  if (problem !== undefined) return { authentic: false, reason: problem };
  const text = body.byteLength > MAX_TEXT_BYTES ? undefined : exactText(body);
  if (text === undefined || text === "")
    return verifyHmac({ bytes: body, header, prefix: "sha256=" }, secrets, "github");
  // Each of them is tried: the time that it takes does not tell which secret matched.
  const matches = await Promise.all(verifiersOf(secrets).map((each) => each.verify(text, header ?? "")));
  const index = matches.indexOf(true);
  return index === -1 ? wrongSecret(secrets) : { authentic: true, proof: "signature", secret: index + 1 };
}

/** Made once for the secrets of the settings in force: making one takes a sixth of the time that verifying a push takes. */
const verifiers = new WeakMap<readonly string[], readonly Webhooks[]>();

function verifiersOf(secrets: readonly string[]): readonly Webhooks[] {
  const known = verifiers.get(secrets) ?? secrets.map((secret) => new Webhooks({ secret }));
  verifiers.set(secrets, known);
  return known;
}

function exactText(body: Uint8Array): string | undefined {
  try {
    return EXACT_UTF8.decode(body);
  } catch {
    // Not UTF-8: there is no text with these bytes.
    return undefined;
  }
}

/** The answer of a handler: how its payload is read. The handler does not read it, as octokit would hang the whole payload on an error that is thrown there. */
interface Answer {
  read?: () => ForgeEvent;
}

/** `Webhooks` demands a secret, also where it only dispatches: no delivery is compared with this one. */
const dispatcher = new Webhooks<Answer>({ secret: "is not used" });
dispatcher.on("push", (event) => void (event.read = () => pushed(event.payload)));
dispatcher.on("ping", (event) => void (event.read = () => pinged(event.payload)));

/** octokit hands the event to its handler. */
async function eventOf(name: string, body: Json): Promise<ForgeEvent> {
  const event: Answer = {};
  // GitHub adds events now and then. octokit would look an unknown name up in a plain object, which has a `constructor`.
  if (KNOWN_NAMES.has(name))
    await dispatcher.receive(Object.assign(event, { id: "", name, payload: body }) as EmitterWebhookEvent);
  return event.read?.() ?? noPush(name, at(body, "repository", "full_name"));
}

function pushed(push: Payload<"push">): ForgeEvent {
  const repository = textIn(push.repository?.full_name, "repository.full_name");
  const full = textIn(push.ref, "ref");
  const ref = parseRef(full);
  if (ref === undefined) return noBranchOrTag(full, repository);
  checkedRef(ref);
  if (push.deleted === true || isZero(push.after)) return { kind: "deleted", repository, ref };
  const after = requiredRevision(push.after, "after");
  const head = push.head_commit;
  const commits = asList(push.commits);
  const previous = previousOf(push.before);
  const forced = push.forced === true;
  return {
    kind: "pushed",
    repository,
    ref,
    revision: revisionOf(ref, after, head?.id),
    ...(previous === undefined ? {} : { previous }),
    forced,
    test: false,
    message: message(head?.message ?? at(commitOf(commits, after), "message")),
    pusher: person(push.pusher?.name, push.sender?.login),
    ...changedPaths(commits, previous !== undefined && !forced),
  };
}

/** The commit of a push: `after` may be an annotated tag's own object, and then the head commit is what the tag names. */
function revisionOf({ kind }: Ref, after: string, head: unknown): string {
  return kind === "tag" && isRevision(head) ? head : after;
}

/** The paths that the commits name; complete only if the list of commits is, and if they are all that the push brought. */
function changedPaths(
  commits: ReturnType<typeof asList>,
  isForward: boolean,
): Pick<Extract<ForgeEvent, { kind: "pushed" }>, "paths" | "pathsComplete"> {
  const paths = pathsOf(commits);
  return { paths: paths ?? [], pathsComplete: paths !== undefined && isForward && commits.length < MAX_COMMITS };
}

function pinged({ repository }: Payload<"ping">): ForgeEvent {
  const name = repository?.full_name;
  const reason = "GitHub's ping: the webhook arrives here";
  return { kind: "ignored", repository: typeof name === "string" ? name : "", reason };
}
