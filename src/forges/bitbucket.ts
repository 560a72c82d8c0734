import type { ForgeEvent, Reading } from "../domain/event.ts";
import { isRevision, parseRef } from "../domain/event.ts";
import type { Forge } from "./forge.ts";
import {
  asList,
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

const TEST_CONNECTION = "diagnostics:ping";

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
  recognises: (headers) => headers["x-event-key"] !== undefined,
  // Cloud repeats its id over automatic retries; Data Center has an id per request.
  deliveryId: (headers) => headers["x-request-uuid"] ?? headers["x-request-id"],
  verify({ headers, body }, { secrets }) {
    // "Test connection" is not signed even with a secret. It can only ever mean "ignored".
    if (headers["x-event-key"] === TEST_CONNECTION && headers["x-hub-signature"] === undefined && isTest(body))
      return { authentic: true };
    return verifyHmac(body, headers["x-hub-signature"], "sha256=", secrets, "bitbucket");
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
};

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
    return orNothing(
      asList(at(body, "changes")).map((change) => serverChange(change, repository, body)),
      repository,
    );
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
    message: message(at(now, "target", "message")),
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
    message: isOnly ? message(at(body, "toCommit", "message")) : "",
    pusher: person(at(body, "actor", "name"), at(body, "actor", "displayName")),
    paths: [],
    pathsComplete: false,
  };
}
