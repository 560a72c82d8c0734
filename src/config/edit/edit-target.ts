import { isAlias, isCollection, isMap, isNode, isScalar } from "yaml";
import type { Document } from "yaml";
import { UsageError } from "../../domain/errors.ts";
import { valueNode } from "./edit-text.ts";
import { nodeAt } from "../file/merge-keys.ts";
import { refuseShared } from "./refuse-shared.ts";

/** The changes to one environment of one fraise. Keys are paths: `health_check.timeout`. */
export interface TargetEdit {
  /** Keys of the fraise itself. */
  readonly ofFraise: ReadonlyMap<string, string>;
  /** Keys of the environment. */
  readonly set: ReadonlyMap<string, string>;
  readonly unset: readonly string[];
  /** Whole paths whose value is text, whatever it looks like: a branch may be called `1.10` or `true`. */
  readonly asText?: ReadonlySet<string>;
}

/** Adds an environment, and its fraise where that is new. @throws UsageError when it is there already. */
export function addTarget(document: Document, fraise: string, environment: string, edit: TargetEdit): void {
  const path = ["fraises", fraise, "environments", environment];
  if (nodeAt(document, path) !== undefined) {
    throw new UsageError(`${fraise}/${environment} is in the file already`, {
      hint: `fraisier target update ${fraise} ${environment} changes it.`,
    });
  }
  startFraises(document);
  const isNew = !document.hasIn(["fraises", fraise]);
  for (const [key, value] of edit.ofFraise) put(document, ["fraises", fraise, ...parts(key)], value, edit.asText);
  for (const [key, value] of edit.set) put(document, [...path, ...parts(key)], value, edit.asText);
  if (isNew) separate(document, fraise);
}

/** An empty `fraises:` becomes a block, with the comments that stand there. */
function startFraises(document: Document): void {
  const fraises = document.get("fraises", true);
  if (isMap(fraises) && fraises.items.length > 0) return;
  const block = document.createNode({});
  if (isNode(fraises)) {
    const { comment, commentBefore } = fraises;
    block.commentBefore =
      [commentBefore, comment].filter((each) => each !== undefined && each !== null).join("\n") || null;
  }
  document.set("fraises", block);
}

/** The forges below `git:`. */
export function forgesIn(document: Document): readonly string[] {
  const git = document.get("git");
  if (!isMap(git)) return [];
  const names = git.items.map(({ key }) => (isScalar(key) ? String(key.value) : ""));
  return names.filter((name) => name !== "provider");
}

/** The address by which forges reach this machine. */
export function setPublicUrl(document: Document, url: string): void {
  startBlock(document, "server");
  document.setIn(["server", "public_url"], url);
}

/** A new key of the top stands before the fraises, as in the reference. */
function startBlock(document: Document, key: string): void {
  if (document.has(key) || !isMap(document.contents)) return;
  const { items } = document.contents;
  const at = items.findIndex(({ key: name }) => isScalar(name) && name.value === "fraises");
  items.splice(at < 0 ? items.length : at, 0, document.createPair(key, {}));
}

/** Makes deliveries of a forge acceptable: its secret is taken from a variable. Changes nothing for a forge that has a secret. */
export function addForge(document: Document, forge: string, key: string, variable: string): void {
  if (document.getIn(["git", forge, key]) !== undefined) return;
  const value = document.createNode(`\${${variable}}`);
  value.type = "QUOTE_DOUBLE";
  startBlock(document, "git");
  const git = document.get("git");
  if (!isMap(git) || git.items.length === 0) document.set("git", document.createNode({}));
  document.setIn(["git", forge, key], value);
}

/** @throws UsageError when it is not there, or a key lies within something that is no map. */
export function updateTarget(document: Document, fraise: string, environment: string, edit: TargetEdit): void {
  const path = ["fraises", fraise, "environments", environment];
  mustHave(document, fraise, environment);
  for (const [key, value] of edit.ofFraise) put(document, ["fraises", fraise, ...parts(key)], value, edit.asText);
  for (const [key, value] of edit.set) put(document, [...path, ...parts(key)], value, edit.asText);
  // These two keys mean the same: the branches of the other one would be deployed as well.
  for (const [key, other] of [
    ["branch", "branches"],
    ["branches", "branch"],
  ] as const) {
    const isLeft = edit.set.has(key) && !edit.set.has(other) && document.hasIn([...path, other]);
    if (isLeft) document.deleteIn([...path, other]);
  }
  for (const key of edit.unset) {
    if (!document.hasIn([...path, ...parts(key)])) {
      throw new UsageError(`${fraise}/${environment} has no key ${key} of its own`, {
        hint: "fraisier target show says what applies; it may come from the fraise, or from a merge (<<).",
      });
    }
    refuseShared(document, [...path, ...parts(key).slice(0, -1)]);
    document.deleteIn([...path, ...parts(key)]);
  }
}

/** Removes an environment, and with the last one its fraise. */
export function removeTarget(document: Document, fraise: string, environment: string): void {
  mustHave(document, fraise, environment);
  refuseShared(document, ["fraises", fraise, "environments"]);
  document.deleteIn(["fraises", fraise, "environments", environment]);
  noSpaceAtStart(document.getIn(["fraises", fraise, "environments"]));
  const left = document.getIn(["fraises", fraise, "environments"]);
  if (isCollection(left) && left.items.length === 0) document.deleteIn(["fraises", fraise]);
  noSpaceAtStart(document.get("fraises"));
}

/** The blank line that separated it from what stood before. */
function noSpaceAtStart(map: unknown): void {
  const key: unknown = isMap(map) ? map.items[0]?.key : undefined;
  if (isScalar(key)) key.spaceBefore = false;
}

function mustHave(document: Document, fraise: string, environment: string): void {
  if (document.hasIn(["fraises", fraise, "environments", environment])) return;
  const environments = document.getIn(["fraises", fraise, "environments"]);
  const names = isMap(environments)
    ? environments.items.map(({ key }) => (isScalar(key) ? String(key.value) : ""))
    : [];
  throw new UsageError(`${fraise}/${environment} is not in the file`, {
    hint:
      names.length === 0
        ? `It has no fraise ${fraise} at all: fraisier target add.`
        : `${fraise} has ${names.join(", ")}.`,
  });
}

/** @throws UsageError if a part of the path is not a map of its own: what stands there cannot take a key. */
function refuseNoMap(document: Document, path: readonly string[]): void {
  for (let length = 1; length < path.length; length++) {
    const node = document.getIn(path.slice(0, length), true);
    const name = path.slice(0, length).join(".");
    if (node === undefined && nodeAt(document, path.slice(0, length)) !== undefined) {
      throw new UsageError(`${name} comes from a merge (<<): a change of one part would replace the whole`, {
        hint: `Write it out under ${path.slice(0, length - 1).join(".")} first, or edit the map that is merged.`,
      });
    }
    if (isAlias(node)) {
      throw new UsageError(`${name} is an alias (*${node.source}): a change here would change others too`, {
        hint: "Edit the file by hand.",
      });
    }
    if (node !== undefined && !isCollection(node)) {
      throw new UsageError(`${name} is a single value: it has no ${path[length] ?? ""}`, {
        hint: `Set the whole of it: --set '${path
          .slice(4)
          .slice(0, Math.max(1, length - 4))
          .join(".")}={ … }'`,
      });
    }
  }
}

function put(
  document: Document,
  path: readonly string[],
  value: string,
  asText: ReadonlySet<string> = new Set(),
): void {
  refuseNoMap(document, path);
  refuseShared(document, path);
  const node = document.getIn(path, true);
  const next = asText.has(path.join(".")) ? value : valueNode(value);
  // The scalar itself stays, with its comment.
  if (isScalar(node) && (typeof next === "string" || isScalar(next))) {
    node.value = typeof next === "string" ? next : next.value;
    // The form of the number that was there: hexadecimal, so many digits.
    delete node.format;
    delete node.minFractionDigits;
    if (typeof next === "string") {
      delete node.type;
      delete node.source;
      delete node.tag;
    } else Object.assign(node, { type: next.type, tag: next.tag, source: next.source });
    return;
  }
  document.setIn(path, next);
}

/** A blank line before a new fraise, as between the others. */
function separate(document: Document, fraise: string): void {
  const fraises = document.get("fraises");
  if (!isMap(fraises) || fraises.items.length < 2) return;
  const pair = fraises.items.find(({ key }) => String(isScalar(key) ? key.value : key) === fraise);
  if (pair === undefined) return;
  const key = document.createNode(fraise);
  key.spaceBefore = true;
  pair.key = key;
}

function parts(key: string): readonly string[] {
  const names = key.split(".");
  if (names.some((name) => name === "")) throw new UsageError(`"${key}" is no key: health_check.timeout is one`);
  return names;
}
