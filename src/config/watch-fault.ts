import { stat } from "node:fs/promises";
import { ConfigError } from "../domain/errors.ts";
import type { Families } from "./families.ts";
import { loadConfig } from "./load.ts";
import { secretFilesOf } from "./secret-files.ts";
import type { Environment } from "./variables.ts";

/** Says, each time it is asked, what keeps the file from being loaded now; undefined for nothing. Parsed again only where it was changed. */
export function watchFault(file: string, families: Families): () => Promise<string | undefined> {
  let sound = "";
  let broken = { stamp: "", fault: "" };
  return async () => {
    // Before it is read: what is written meanwhile has another stamp.
    const stamp = await stampOf(file, process.env);
    if (stamp !== undefined && stamp === sound) return undefined;
    if (stamp !== undefined && stamp === broken.stamp) return broken.fault;
    try {
      await loadConfig(file, families);
    } catch (error) {
      const fault = `the configuration cannot be loaded: ${placed(error)}; correct it, and this goes on by itself`;
      // A file that could not be read may be readable the next time, unchanged.
      if (error instanceof ConfigError && error.problems.length > 0) broken = { stamp: stamp ?? "", fault };
      return fault;
    }
    sound = stamp ?? "";
    return undefined;
  };
}

/** Of fraises.yaml and of the files with secrets beside it; undefined when fraises.yaml cannot be looked at, as reading it then says why. */
async function stampOf(file: string, env: Environment): Promise<string | undefined> {
  const { targets, webhooks } = secretFilesOf(file, env);
  const [own, ...others] = await Promise.all([file, ...targets, ...webhooks].map(stampOfOne));
  return own === undefined ? undefined : [own, ...others].join(", ");
}

async function stampOfOne(file: string): Promise<string | undefined> {
  try {
    const { ino, size, ctimeNs } = await stat(file, { bigint: true });
    return `${ino} ${size} ${ctimeNs}`;
  } catch {
    // It is absent or closed: another stamp than that of any file that is there.
    return undefined;
  }
}

/** The first problem with its place, and how many there are beside it. */
function placed(error: unknown): string {
  const [first, ...others] = error instanceof ConfigError ? error.problems : [];
  if (first === undefined) return error instanceof Error ? error.message : String(error);
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `${first.file}:${first.line}:${first.column} ${first.message}${more}`;
}
