import type { ForgeEvent, Reading } from "../domain/event.ts";
import { isRevision, parseRef } from "../domain/event.ts";
import type { Forge } from "./forge.ts";
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
import { signStandard, verifyStandard, verifyToken } from "./signatures.ts";

/** https://docs.gitlab.com/user/project/integrations/webhooks/ */
const SETUP: ForgeSetup = {
  name: "gitlab",
  product: "GitLab.com, GitLab self-managed",
  page: "the project: Settings > Webhooks > Add new webhook",
  fields: [{ label: "URL", value: "{url}" }],
  contentType: "application/json",
  secret: { label: "Secret token", value: "{secret}" },
  events: ["Push events (All branches)", "Tag push events (a box of its own; needed if a target has tags)"],
  tls: "SSL verification: leave Enable SSL verification on.",
  network:
    "A self-managed GitLab refuses addresses of its local network until an administrator allows them. Admin > Settings > Network > Outbound requests > Allow requests to the local network from webhooks and integrations allows all of them; the list below it takes {origin} alone.",
  test: 'Test > Push events, beside the webhook, must say "Hook executed successfully: HTTP 200". It sends the newest commits of the default branch as a real push, so that a target of this branch may be deployed.',
  redeliver: "Edit > Recent events > View details > Resend Request.",
  timeout:
    "10 seconds. GitLab never sends a failed delivery again by itself; after four failures in a row it disables the webhook, for one minute at first.",
  notes: [
    "GitLab sends no event for a push that changes more than three branches or three tags (push_event_hooks_limit). The sweep finds such pushes.",
    "GitLab 19 and later have a signing token (whsec_…) too. If git.gitlab.signing_token is set, fraisier requires the signature and ignores the secret token.",
    "Do not set a custom webhook template: fraisier reads GitLab's own body.",
  ],
  commands: [],
};

/** GitLab.com and self-managed. https://docs.gitlab.com/user/project/integrations/webhooks/ */
export const gitlab: Forge = {
  name: "gitlab",
  title: "GitLab",
  baseUrl: "https://gitlab.com",
  secretKeys: ["secret_token", "webhook_secret"],
  signingTokenKeys: ["signing_token"],
  maxBodyBytes: 25 * 1024 * 1024,
  eventHeaders: ["X-Gitlab-Event"],
  credentialHeaders: ["X-Gitlab-Token"],
  // "Resend" keeps these two, of which the second is signed; X-Gitlab-Webhook-UUID and -Event-UUID are new with each request.
  redeliveryKeepsId: true,
  deliveryId: (headers) => headers["webhook-id"] ?? headers["idempotency-key"],
  verify({ headers, body }, { secrets, signingTokens }, now) {
    // A bad signature must not fall back to the weaker token.
    if (signingTokens.length === 0) return verifyToken(headers["x-gitlab-token"], secrets, "gitlab");
    const signed = {
      id: headers["webhook-id"],
      timestamp: headers["webhook-timestamp"],
      signature: headers["webhook-signature"],
    };
    return verifyStandard(body, signed, signingTokens, now);
  },
  parse(delivery): Reading {
    const name = delivery.headers["x-gitlab-event"] ?? "";
    const body = jsonBody(delivery);
    // System hooks have one header for all kinds of events: the body says which it is.
    const kind = at(body, "object_kind") ?? at(body, "event_name");
    return {
      name,
      events: [
        kind === "push" || kind === "tag_push"
          ? pushed(body)
          : noPush(typeof kind === "string" ? kind : name, at(body, "project", "path_with_namespace")),
      ],
    };
  },
  diffUrl: ({ base, repository, from, to }) =>
    pageUrl(base, repository, from === undefined ? ["-", "commit", to] : ["-", "compare", `${from}...${to}`]),
  setup: [SETUP],
  ping({ secrets, signingTokens }, id, now) {
    const body = Buffer.from(JSON.stringify({ object_kind: "ping", delivery: id }));
    return {
      headers: {
        "content-type": "application/json",
        "x-gitlab-event": "Ping",
        "idempotency-key": id,
        // HTTP carries the bytes of the token one by one, as Latin-1.
        "x-gitlab-token": Buffer.from(secrets[0] ?? "", "utf8").toString("latin1"),
        ...(signingTokens.length === 0 ? {} : signStandard(body, id, signingTokens, now)),
      },
      body,
    };
  },
};

function pushed(body: Json): ForgeEvent {
  const repository = requiredText(body, "project", "path_with_namespace");
  const full = requiredText(body, "ref");
  const ref = parseRef(full);
  if (ref === undefined) return noBranchOrTag(full, repository);
  checkedRef(ref);
  if (isZero(at(body, "after"))) return { kind: "deleted", repository, ref };
  const after = requiredRevision(at(body, "after"), "after");
  const checkout = at(body, "checkout_sha");
  const commits = asList(at(body, "commits"));
  const previous = previousOf(at(body, "before"));
  const revision = isRevision(checkout) ? checkout : after;
  return {
    kind: "pushed",
    repository,
    ref,
    // For annotated tags `after` is the tag object, `checkout_sha` the commit.
    revision,
    ...(previous === undefined ? {} : { previous }),
    // GitLab does not say: the runner finds out.
    forced: false,
    test: isCannedTest(body),
    message: message(at(commitOf(commits, revision), "message") ?? at(body, "message")),
    pusher: person(at(body, "user_username"), at(body, "user_name")),
    // The commits are the newest twenty, and nothing says whether the push was forced: git tells the runner.
    paths: [],
    pathsComplete: false,
  };
}

/** The payload of the "Test" button for an empty repository (gitlab: lib/gitlab/data_builder/push.rb, SAMPLE_DATA). */
function isCannedTest(body: Json): boolean {
  return at(body, "project_id") === 15 && at(body, "after") === "da1560886d4f094c3e6c9ef40349f7d38b5d27d7";
}
