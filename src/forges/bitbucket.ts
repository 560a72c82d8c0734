import type { ForgeEvent, Reading } from "../domain/event.ts";
import { isRevision, parseRef } from "../domain/event.ts";
import type { Change, Forge } from "./forge.ts";
import {
  asList,
  at,
  checkedRef,
  commitOf,
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
import { pageUrl } from "./page-url.ts";
import type { ForgeSetup } from "./setup.ts";
import { signHmac, verifyHmac } from "./signatures.ts";

const TEST_CONNECTION = "diagnostics:ping";

/** https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/ */
const CLOUD: ForgeSetup = {
  name: "bitbucket-cloud",
  product: "Bitbucket Cloud",
  page: "the repository: Repository settings > Webhooks > Add webhook",
  fields: [
    { label: "Title", value: "fraisier" },
    { label: "URL", value: "{url}" },
    { label: "Status", value: "Active" },
    { label: "Enable request history collection", value: "ticked, so that View requests shows fraisier's answers" },
  ],
  contentType: "application/json",
  secret: { label: "Secret", value: "{secret}" },
  events: ["Repository push (branches and tags; it is ticked already)"],
  tls: "SSL / TLS: leave Skip certificate verification off.",
  network: "Bitbucket Cloud calls public addresses only.",
  test: "There is no test button. Push a commit; View requests must then show the response 200.",
  redeliver: "View requests > View details > Resend request.",
  timeout:
    "10 seconds. Bitbucket Cloud sends a delivery that was answered with 5xx up to two more times, and no other one.",
  notes: ["Bitbucket Cloud sends no event whose body is larger than 256 KB. The sweep finds such pushes."],
  commands: [],
};

/** https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html */
const DATA_CENTER: ForgeSetup = {
  name: "bitbucket-data-center",
  product: "Bitbucket Data Center",
  page: "the repository (or the project): Repository settings > Webhooks > Create webhook",
  fields: [
    { label: "Name", value: "fraisier" },
    { label: "URL", value: "{url}" },
    { label: "Status", value: "Active" },
  ],
  contentType: "application/json; charset=utf-8",
  secret: { label: "Secret", value: "{secret}" },
  events: [
    "Repository: Push (repo:refs_changed; branches and tags)",
    "Repository: Mirror synchronized (only if fraisier's clone_url is a mirror)",
  ],
  tls: "SSL/TLS verification: leave it on. The Java trust store of Bitbucket must know the authority of the certificate.",
  network: "Bitbucket Data Center calls any address that it can reach; a proxy of its own (http.proxyHost) may not.",
  test: 'The button Test connection must show the response 200 with "Bitbucket\'s test connection: it arrives here". It is not signed, and so does not test the secret: fraisier doctor does.',
  redeliver: "There is no button: fraisier webhooks replay <delivery>, or fraisier deploy.",
  timeout:
    "10 seconds. Bitbucket Data Center never sends a failed delivery again; after five failures in a row it skips deliveries, for ten seconds at first.",
  notes: [],
  commands: [],
};

/**
 * Bitbucket Cloud and Data Center: one header names the event, the events tell the two apart.
 * https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/ and https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html
 */
export const bitbucket: Forge = {
  name: "bitbucket",
  title: "Bitbucket Cloud, Bitbucket Data Center",
  baseUrl: "https://bitbucket.org",
  secretKeys: ["webhook_secret"],
  signingTokenKeys: [],
  // Cloud stops at 256 KB; Data Center says no limit.
  maxBodyBytes: 25 * 1024 * 1024,
  eventHeaders: ["X-Event-Key"],
  credentialHeaders: [],
  // Cloud keeps its id over automatic retries; Data Center has an id for each request and never sends one again.
  redeliveryKeepsId: true,
  deliveryId: (headers) => headers["x-request-uuid"] ?? headers["x-request-id"],
  verify({ headers, body }, { secrets }) {
    // "Test connection" is not signed even with a secret. It can only ever mean "ignored".
    if (
      secrets.length > 0 &&
      headers["x-event-key"] === TEST_CONNECTION &&
      headers["x-hub-signature"] === undefined &&
      isTest(body)
    )
      return { authentic: true, proof: "none", secret: 0 };
    return verifyHmac({ bytes: body, header: headers["x-hub-signature"], prefix: "sha256=" }, secrets, "bitbucket");
  },
  parse(delivery): Reading {
    const name = delivery.headers["x-event-key"] ?? "";
    if (name === TEST_CONNECTION)
      return {
        name,
        events: [{ kind: "ignored", repository: "", reason: "Bitbucket's test connection: it arrives here" }],
      };
    return { name, events: eventsOf(name, jsonBody(delivery)) };
  },
  diffUrl: (change) => (isCloud(change) ? cloudDiff(change) : dataCenterDiff(change)),
  setup: [CLOUD, DATA_CENTER],
  ping({ secrets }, id) {
    // Another event than the test connection, which would be believed without a signature.
    const body = Buffer.from(JSON.stringify({ delivery: id }));
    return {
      headers: {
        "content-type": "application/json",
        "x-event-key": "diagnostics:signed_ping",
        "x-request-uuid": id,
        "x-hub-signature": signHmac(body, "sha256=", secrets),
      },
      body,
    };
  },
};

function isCloud({ base }: Change): boolean {
  return URL.canParse(base) && new URL(base).hostname === "bitbucket.org";
}

/** Cloud's page has the newer commit first, and a carriage return between the two. */
function cloudDiff({ base, repository, from, to }: Change): string | undefined {
  return pageUrl(base, repository, from === undefined ? ["commits", to] : ["branches", "compare", `${to}\r${from}`]);
}

function dataCenterDiff({ base, repository, from, to }: Change): string | undefined {
  const [project = "", slug = ""] = repository.split("/");
  const page = pageUrl(
    base,
    `projects/${project}/repos/${slug}`,
    from === undefined ? ["commits", to] : ["compare", "diff"],
  );
  if (page === undefined || from === undefined) return page;
  return `${page}?${new URLSearchParams({ sourceBranch: to, targetBranch: from }).toString()}`;
}

function isTest(body: Uint8Array): boolean {
  return (
    /^\s*\{\s*"test"\s*:\s*true\s*\}\s*$/.test(Buffer.from(body.subarray(0, 64)).toString("latin1")) &&
    body.byteLength <= 64
  );
}

function eventsOf(name: string, body: Json): readonly ForgeEvent[] {
  if (name === "repo:push") {
    const repository = requiredText(body, "repository", "full_name");
    return orNothing(
      asList(at(body, "push", "changes")).map((change) => cloudChange(change, repository, body)),
      repository,
    );
  }
  if (name === "repo:refs_changed" || name === "mirror:repo_synchronized") {
    const repository = `${requiredText(body, "repository", "project", "key")}/${requiredText(body, "repository", "slug")}`;
    // A mirror repeats what repo:refs_changed has announced: the queue notices.
    const changes = asList(at(body, "changes")).map((change) => serverChange(change, repository, body));
    if (at(body, "refLimitExceeded") === true) {
      const reason = "the push changed more refs than Bitbucket lists";
      return [...changes, { kind: "unlisted", repository, reason }];
    }
    return orNothing(changes, repository);
  }
  const repository = at(body, "repository", "full_name");
  return [noPush(name, repository)];
}

function orNothing(events: readonly ForgeEvent[], repository: string): readonly ForgeEvent[] {
  return events.length > 0 ? events : [{ kind: "ignored", repository, reason: "the delivery lists no changes" }];
}

function cloudChange(change: unknown, repository: string, body: Json): ForgeEvent {
  const now = at(change, "new");
  const side = at(change, "closed") === true || now === null ? at(change, "old") : now;
  const type = at(side, "type");
  const name = at(side, "name");
  if ((type !== "branch" && type !== "tag") || typeof name !== "string") {
    return {
      kind: "ignored",
      repository,
      reason: `a change of ${typeof type === "string" ? type.slice(0, 50) : "nothing"}, neither branch nor tag`,
    };
  }
  const ref = checkedRef({ kind: type, name });
  if (side !== now) return { kind: "deleted", repository, ref };
  const previous = previousOf(at(change, "old", "target", "hash"));
  return {
    kind: "pushed",
    repository,
    ref,
    // Already the commit, for annotated tags too.
    revision: requiredRevision(at(now, "target", "hash"), "push.changes[].new.target.hash"),
    ...(previous === undefined ? {} : { previous }),
    forced: at(change, "forced") === true,
    test: false,
    message: message(
      at(now, "target", "message") ?? at(commitOf(asList(at(change, "commits")), at(now, "target", "hash")), "message"),
    ),
    pusher: person(at(body, "actor", "nickname"), at(body, "actor", "username"), at(body, "actor", "display_name")),
    paths: [],
    pathsComplete: false,
  };
}

function serverChange(change: unknown, repository: string, body: Json): ForgeEvent {
  const full = at(change, "ref", "id") ?? at(change, "refId");
  if (typeof full !== "string") return { kind: "ignored", repository, reason: "a change that names no ref" };
  const ref = parseRef(full);
  if (ref === undefined) return noBranchOrTag(full, repository);
  checkedRef(ref);
  const to = at(change, "toHash");
  if (at(change, "type") === "DELETE" || isZero(to)) return { kind: "deleted", repository, ref };
  const previous = previousOf(at(change, "fromHash"));
  const commit = at(body, "toCommit", "id");
  const isOnly = asList(at(body, "changes")).length === 1;
  return {
    kind: "pushed",
    repository,
    ref,
    // For annotated tags `toHash` is the tag object; newer versions name the commit of a single change.
    revision: ref.kind === "tag" && isOnly && isRevision(commit) ? commit : requiredRevision(to, "changes[].toHash"),
    ...(previous === undefined ? {} : { previous }),
    forced: false,
    test: false,
    message: message(
      (isOnly ? at(body, "toCommit", "message") : undefined) ??
        at(commitOf(asList(at(body, "commits")), to), "message"),
    ),
    pusher: person(at(body, "actor", "name"), at(body, "actor", "displayName")),
    paths: [],
    pathsComplete: false,
  };
}
