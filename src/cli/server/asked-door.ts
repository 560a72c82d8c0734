import { readFileSync } from "node:fs";
import { UsageError } from "../../domain/errors.ts";
import { messageOf } from "../../domain/message-of.ts";
import { nearest } from "../../config/file/nearest.ts";
import type { GlobalOptions } from "../command-entry.ts";
import { readContexts, THIS_HOST } from "./contexts.ts";
import type { Door } from "./door.ts";
import { serverUrl, tokenText } from "./server-url.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** A door, and the reason why it is this one. */
export interface AskedDoor {
  readonly door: Door;
  /** `context prod`, `FRAISIER_URL`. */
  readonly because: string;
}

/**
 * The server that a person chose, by the first of these that is there: `--context`, `--config` (this machine), `FRAISIER_URL`, the context in use. Undefined for
 * this machine. @throws UsageError
 */
export function askedDoor(
  { context, config }: Pick<GlobalOptions, "context" | "config">,
  env: Variables = process.env,
): AskedDoor | undefined {
  if (context !== undefined) {
    if (config !== undefined)
      throw new UsageError("--config names a file of this machine, and --context a server: only one makes sense");
    return context === THIS_HOST ? undefined : named(context);
  }
  if (config !== undefined) return undefined;
  return ofVariables(env) ?? inUse();
}

/** Whether the command line or the environment names a server for this very command. */
export function isElsewhere({ context, config }: GlobalOptions, env: Variables = process.env): boolean {
  if (context !== undefined) return context !== THIS_HOST;
  return config === undefined && (env["FRAISIER_URL"] ?? "") !== "";
}

function named(context: string): AskedDoor {
  const { servers } = readContexts();
  const found = servers[context];
  if (found !== undefined) return { door: { kind: "url", ...found }, because: `context ${context}` };
  throw noSuchContext(context, Object.keys(servers));
}

export function noSuchContext(context: string, names: readonly string[]): UsageError {
  const likely = nearest(context, names);
  const guess = likely === undefined ? "" : `Did you mean ${likely}? `;
  const list = names.length === 0 ? "fraisier login https://… makes one." : `There are ${names.join(", ")}.`;
  return new UsageError(`there is no context ${context}`, { hint: `${guess}${list}` });
}

function inUse(): AskedDoor | undefined {
  const { current, servers } = readContexts();
  return current === undefined || servers[current] === undefined ? undefined : named(current);
}

/** `FRAISIER_URL`, which may also be `unix:/path/to/control.sock`. */
function ofVariables(env: Variables): AskedDoor | undefined {
  const typed = env["FRAISIER_URL"] ?? "";
  if (typed === "") return undefined;
  const because = "FRAISIER_URL";
  if (typed.startsWith("unix:/")) return { door: { kind: "socket", path: typed.slice("unix:".length) }, because };
  return { door: { kind: "url", url: serverUrl(typed, because), token: tokenOf(env) }, because };
}

function tokenOf(env: Variables): string {
  const token = env["FRAISIER_TOKEN"] ?? "";
  if (token !== "") return tokenText(token, "FRAISIER_TOKEN");
  const file = env["FRAISIER_TOKEN_FILE"] ?? "";
  if (file !== "") return tokenText(readTokenFile(file), file);
  throw new UsageError("FRAISIER_URL names a server, but there is no token for it", {
    hint: "Set FRAISIER_TOKEN, or FRAISIER_TOKEN_FILE to a file that holds it.",
  });
}

/** @throws UsageError */
export function readTokenFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new UsageError(`the file ${file} with the token cannot be read: ${messageOf(cause)}`, { cause });
  }
}
