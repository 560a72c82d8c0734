import { openSync, closeSync, readSync, constants } from "node:fs";
import { actingParts, isEverydayWord } from "../../domain/secret-parts.ts";
import type { Config } from "../config.ts";
import { ORDINARY } from "./ordinary-variables.ts";

/** A larger file holds more than credentials. */
const MAX_BYTES = 65_536;
/** A shorter value may be a word of every log, unless its name says that it is a secret. */
const MIN_LENGTH = 8;
const NAME_OF_SECRET = /pass|pwd|secret|token|key|cred|auth|salt|dsn|cookie|signature|private/i;

/**
 * The secrets that commands of targets are given beside those that fraises.yaml names: the values in the file `environment`, and what acts in the files
 * named under `credentials`.
 */
export function givenSecrets({ variables, targets }: Pick<Config, "variables" | "targets">): readonly string[] {
  const names = new Set(targets.flatMap(({ fraise, environment, job }) => [fraise, environment, job]));
  const values = Object.entries(variables.written).flatMap(([name, value]) => {
    // A proxy may have a password.
    if (ORDINARY.test(name)) return actingParts(value);
    const isWord = names.has(value) || isEverydayWord(value);
    return !isWord && (value.length >= MIN_LENGTH || NAME_OF_SECRET.test(name)) ? [value] : [];
  });
  const files = new Set(targets.flatMap(({ settings }) => Object.values(settings.sandbox.credentials)));
  return [...values, ...[...files].flatMap(inCredentials)];
}

/** The passwords and tokens in a file of credentials; the whole of one in which none is named: a bare token, a private key. */
function inCredentials(path: string): readonly string[] {
  const text = beginningOf(path);
  const parts = actingParts(text);
  return parts.length > 0 || text.trim() === "" ? parts : [text.trim()];
}

/** Empty if there is none, or it may not be read: then no command is given it either. */
function beginningOf(path: string): string {
  let file: number | undefined;
  try {
    // A pipe is not waited for.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const bytes = Buffer.alloc(MAX_BYTES);
    return bytes.toString("utf8", 0, readSync(file, bytes));
  } catch {
    return "";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
