import { createHash } from "node:crypto";
import type { Scalar } from "yaml";
import { credentialsIn, namesVariable } from "../secrets/credentials-in.ts";
import type { Part } from "../secrets/credentials-in.ts";
import type { Families } from "../families.ts";
import { joinFiles, splitFiles } from "../from-git/two-files.ts";
import { parseText, rewriteScalars } from "./rewrite-scalars.ts";
import { configSchema } from "../keys/schema.ts";
import { secretScalars } from "./secret-scalars.ts";
import type { SecretKind } from "./secret-scalars.ts";
import { Lexer } from "yaml";

/** Shorter secrets are not looked for elsewhere: they would be found in words that have nothing to do with them. */
const MIN_LENGTH = 8;

/** The part of fraises.yaml that a deployment keeps. */
export interface KeptSettings {
  /** The hash of the text. Equal settings have equal hashes and are kept once. */
  readonly hash: string;
  /** Without comments and literal secrets: a marker, `***1***`, stands in the place of each secret. */
  readonly text: string;
  /** The secrets by their markers, without those of webhooks, which runners must not know. */
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * Takes the secrets that stand in fraises.yaml itself out of its text, wherever they stand. Variables and files that are named stay, as they are resolved
 * when they are used. Lines stay where they are, so that a message names the right one.
 */
export function takeOutSecrets(text: string, families: Families): KeptSettings {
  const { local, git } = splitFiles(text);
  const plain = withoutComments(local);
  const document = parseText(plain);
  const kinds = secretScalars(document, configSchema(families));
  const whole = wholeSecrets(kinds);
  let stars = "***";
  while (plain.includes(stars)) stars += "*";
  const secrets: Record<string, string> = {};
  let count = 0;
  const kept = rewriteScalars(document, plain, (scalar) => {
    const { value } = scalar;
    const kind = kinds.get(scalar);
    let rewritten = "";
    let end = 0;
    for (const [from, to] of joined(partsOf(value, kind, whole))) {
      count += 1;
      const marker = `${stars}${count}${stars}`;
      if (kind !== "webhook") secrets[marker] = value.slice(from, to);
      rewritten += value.slice(end, from) + marker;
      end = to;
    }
    return end === 0 ? undefined : JSON.stringify(rewritten + value.slice(end));
  });
  // The file from git holds no secrets.
  const both = joinFiles({ local: kept, git });
  return { text: both, hash: createHash("sha256").update(both).digest("hex"), secrets };
}

function wholeSecrets(kinds: ReadonlyMap<Scalar, SecretKind>): readonly string[] {
  return [...kinds].flatMap(([{ value }, kind]) =>
    kind !== "url" && typeof value === "string" && value.length >= MIN_LENGTH && !namesVariable(value) ? [value] : [],
  );
}

function partsOf(value: string, kind: SecretKind | undefined, whole: readonly string[]): readonly Part[] {
  if (kind !== undefined && kind !== "url" && !namesVariable(value)) return [[0, value.length]];
  const elsewhere = whole.flatMap((secret): Part[] => {
    const at = value.indexOf(secret);
    return at === -1 ? [] : [[at, at + secret.length]];
  });
  return [...credentialsIn(value), ...elsewhere];
}

/** In their order; parts that overlap become one. */
function joined(parts: readonly Part[]): readonly Part[] {
  const result: [number, number][] = [];
  for (const [from, to] of parts.toSorted(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last !== undefined && from < last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

/** Announces that the next lexeme is a scalar without quotes, which may begin with `#` in a block. */
const SCALAR = "\u001F";
/** The lexer's own signs: a document begins, or a flow collection ends in error. */
const SIGNS: ReadonlySet<string> = new Set(["\u0002", "\u0018", SCALAR]);

/** YAML without its comments, which may hold a secret. Lines stay where they are. */
function withoutComments(text: string): string {
  let rest = "";
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (!SIGNS.has(lexeme) && (isScalar || !lexeme.startsWith("#"))) rest += lexeme;
    isScalar = lexeme === SCALAR;
  }
  return rest;
}
