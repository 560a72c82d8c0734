import { basename, dirname, join } from "node:path";
import type { StepContext } from "./step.ts";

/** Removes what a writer that died left beside a file or link: its temporary one has the name of the other in it. */
export async function removeLeftovers({ host }: Pick<StepContext, "host">, path: string): Promise<void> {
  for (const name of await host.files.list(dirname(path))) {
    if (name.startsWith(`.${basename(path)}.`)) await host.files.remove(join(dirname(path), name));
  }
}
