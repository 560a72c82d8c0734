import { DeliveryRejected } from "../domain/errors.ts";
import type { Delivery, Ignored, Ref } from "../domain/event.ts";
import { MAX_MESSAGE, isRevision, isZeroRevision } from "../domain/event.ts";

/** A JSON object nobody has looked into yet. */
export type Json = Readonly<Record<string, unknown>>;

const UTF8 = new TextDecoder("utf-8", { fatal: true });
/** Names that strangers choose are kept to a length that a table can show. */
const MAX_NAME = 200;
/** Longer than any ref that git can store (a path of the file system) and any repository's name at a forge. */
const MAX_TEXT = 1024 + "refs/heads/".length;
const NOT_A_DELIVERY =
  "Compare the body with what the forge shows under the webhook's recent deliveries: a proxy, or another program that signs, may have changed it.";
const OTHER_SHAPE =
  "If the forge has a template for the body of its webhooks (GitLab: custom webhook template), remove it. Otherwise the version of the forge may be unknown to fraisier.";

/** The body as a JSON object. @throws DeliveryRejected 415 for another content type, 400 for anything else. */
export function jsonBody(delivery: Delivery): Json {
  const type = mediaType(delivery);
  if (type === "application/json") return parseObject(decode(delivery.body));
  if (type === "application/x-www-form-urlencoded") return parseObject(formPayload(delivery));
  throw new DeliveryRejected(415, `the content type ${type === "" ? "is missing" : `is ${type.slice(0, 100)}`}`, {
    hint: "Set the webhook's content type to application/json.",
  });
}

/** `application/json` of `application/json; charset=utf-8`. */
export function mediaType({ headers }: Delivery): string {
  return (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** The decoded `payload` field of a form. */
export function formPayload({ body }: Delivery): string {
  const payload = new URLSearchParams(decode(body)).get("payload");
  if (payload === null)
    throw new DeliveryRejected(400, "the form has no field payload", {
      hint: "Set the webhook's content type to application/json.",
    });
  return payload;
}

function decode(body: Uint8Array): string {
  try {
    return UTF8.decode(body);
  } catch (error) {
    throw new DeliveryRejected(400, "the body is not UTF-8", { hint: NOT_A_DELIVERY, cause: error });
  }
}

function parseObject(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DeliveryRejected(400, "the body is not JSON", { hint: NOT_A_DELIVERY, cause: error });
  }
  const found = asObject(value);
  if (found === undefined)
    throw new DeliveryRejected(400, "the body is JSON, but not an object", { hint: NOT_A_DELIVERY });
  return found;
}

function asObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The commit with this hash in a list of commits; undefined if the forge does not list it. */
export function commitOf(commits: readonly unknown[], revision: unknown): unknown {
  return commits.find((commit) => at(commit, "id") === revision || at(commit, "hash") === revision);
}

/** A value some levels down, of own properties only. */
export function at(json: unknown, ...path: readonly string[]): unknown {
  let value: unknown = json;
  for (const part of path) {
    const found = asObject(value);
    if (found === undefined || !Object.hasOwn(found, part)) return undefined;
    value = found[part];
  }
  return value;
}

/** Like `textIn`, for the value at this path. */
export function requiredText(json: Json, ...path: readonly string[]): string {
  return textIn(at(json, ...path), path.join("."));
}

/**
 * The name of a repository or ref.
 * @throws DeliveryRejected that names the field, if it is no text, longer than any such name, or half of a Unicode pair, which the store would change.
 */
export function textIn(value: unknown, field: string): string {
  if (typeof value === "string" && value.length > MAX_TEXT)
    throw new DeliveryRejected(400, `the text in ${field} is longer than ${MAX_TEXT} characters`, {
      hint: OTHER_SHAPE,
    });
  if (typeof value === "string" && !value.isWellFormed())
    throw new DeliveryRejected(400, `the text in ${field} is not well-formed Unicode`, { hint: OTHER_SHAPE });
  if (typeof value === "string" && value !== "") return value;
  throw new DeliveryRejected(400, `the body has no text in ${field}`, { hint: OTHER_SHAPE });
}

/** @throws DeliveryRejected unless it is a full hash; zero hashes are for the caller to tell apart first. */
export function requiredRevision(value: unknown, field: string): string {
  if (isRevision(value)) return value;
  throw new DeliveryRejected(400, `${field} is not a full commit hash`, { hint: OTHER_SHAPE });
}

export function isZero(value: unknown): boolean {
  return typeof value === "string" && isZeroRevision(value);
}

/** The hash a ref had before: undefined for a new one. */
export function previousOf(value: unknown): string | undefined {
  return isRevision(value) ? value : undefined;
}

export function message(value: unknown): string {
  return typeof value === "string" ? value.slice(0, MAX_MESSAGE).toWellFormed() : "";
}

export function person(...candidates: readonly unknown[]): string {
  const found = candidates.find((each) => typeof each === "string" && each !== "");
  return typeof found === "string" ? found.slice(0, MAX_NAME).toWellFormed() : "";
}

/**
 * @throws DeliveryRejected for names that git itself would refuse (git-check-ref-format(1)) or that could be taken for an option.
 */
export function checkedRef(ref: Ref): Ref {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const isBad = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|(?:^|\/)\.|\.lock(?:\/|$)|^\/|\/$|\.$|^-|^@$/.test(
    ref.name,
  );
  if (isBad || ref.name === "" || ref.name.length > 1024 || !ref.name.isWellFormed())
    throw new DeliveryRejected(400, `the name of the ${ref.kind} is not one git allows`, { hint: OTHER_SHAPE });
  return ref;
}

/** `refs/pull/7/head`, `refs/notes/commits`: authentic, and nothing that is deployed. */
export function noBranchOrTag(full: string, repository: string): Ignored {
  return { kind: "ignored", repository, reason: `${full.slice(0, MAX_NAME)} is neither a branch nor a tag` };
}

/** Any event that is no push. `repository` as the body has it, if it has one. */
export function noPush(name: string, repository: unknown): Ignored {
  return {
    kind: "ignored",
    repository: typeof repository === "string" ? repository.slice(0, MAX_NAME).toWellFormed() : "",
    reason: `the event ${name.slice(0, 100) || "without a name"} deploys nothing; pushes do`,
  };
}

/**
 * Paths in `commits[].added/modified/removed`; undefined where a commit does not list them (system hooks, test payloads), so that nobody takes "no
 * list" for "no change".
 */
export function pathsOf(commits: readonly unknown[]): readonly string[] | undefined {
  const paths = new Set<string>();
  for (const commit of commits) {
    for (const field of ["added", "modified", "removed"]) {
      const listed = at(commit, field);
      if (!Array.isArray(listed)) return undefined;
      for (const path of listed) if (typeof path === "string") paths.add(path);
    }
  }
  return paths.size === 0 ? undefined : [...paths];
}
