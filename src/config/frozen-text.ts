import { createHash } from "node:crypto";
import { parseDocument, visit } from "yaml";
import type { Families } from "./families.ts";

const HIDDEN = "***";
/** Their values name where the secret is, and are no secrets. */
const NAMED = ["!envvar", "!file"].map((tag) => ({ tag, resolve: () => "" }));

/** What a deployment keeps of fraises.yaml. */
export interface FrozenText {
  /** Of the text: equal settings are kept once. */
  readonly hash: string;
  readonly text: string;
}

/**
 * The text of fraises.yaml as a deployment keeps it: every secret of a forge that stands in the file itself is replaced, wherever it stands. Variables
 * and files that are named stay, as they are resolved when they are used. Lines stay where they are, so that a message names the right one.
 */
export function frozenText(text: string, { forges }: Pick<Families, "forges">): FrozenText {
  const document = parseDocument(text, { logLevel: "silent", merge: true, customTags: NAMED });
  const git = (document.toJS() as { git?: Record<string, Record<string, unknown> | null> } | null)?.git ?? {};
  const secrets = new Set(
    forges.flatMap(({ name, secretKeys, signingTokenKeys }) =>
      [...secretKeys, ...signingTokenKeys].flatMap((key) => [git[name]?.[key]].flat().map((value) => shown(value))),
    ),
  );
  secrets.delete("");
  const ranges: (readonly [number, number])[] = [];
  visit(document, {
    Scalar(_key, { range, value }) {
      if (range && secrets.has(shown(value))) ranges.push([range[0], range[1]]);
    },
  });
  let frozen = text;
  for (const [from, to] of ranges.toReversed()) frozen = `${frozen.slice(0, from)}"${HIDDEN}"${frozen.slice(to)}`;
  // A comment may hold the secret as well.
  for (const secret of secrets) if (!isNamed(secret)) frozen = frozen.replaceAll(secret, HIDDEN);
  return { text: frozen, hash: createHash("sha256").update(frozen).digest("hex") };
}

/** Empty for a value that is missing, or that names a variable: these are no secrets. */
function shown(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number") return "";
  const text = `${value}`;
  return isNamed(text) ? "" : text;
}

function isNamed(text: string): boolean {
  return text.includes("${");
}
