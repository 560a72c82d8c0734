import { basename, dirname, join } from "node:path";
import type { StepContext } from "../capabilities.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Removes what a writer that died left beside a file or link: its temporary one has the name of the other in it. */
export async function removeLeftovers({ host }: Pick<StepContext<"files">, "host">, path: string): Promise<void> {
  for (const leftover of await leftoversBeside({ host }, path)) await host.files.remove(leftover);
}

/** The temporary files that writers of this file or link have left beside it. */
export async function leftoversBeside(
  { host }: Pick<StepContext<"files">, "host">,
  path: string,
): Promise<readonly string[]> {
  const start = `.${basename(path)}.`;
  return (await host.files.list(dirname(path)))
    .filter((name) => name.startsWith(start) && UUID.test(name.slice(start.length)))
    .map((name) => join(dirname(path), name));
}
