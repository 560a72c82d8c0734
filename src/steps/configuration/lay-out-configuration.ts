import { join } from "node:path";
import { CONFIGURATION_FILE, ORIGIN_FILE } from "../../domain/configuration-fraise.ts";
import type { Step } from "../step.ts";
import { removeOldReleases } from "../release/prune-releases.ts";
import { fileOfRevision } from "./file-of-revision.ts";

/** Writes fraises.yaml of the revision, and where it is from, into a release folder of its own. Nothing reads it there yet. */
export const layOutConfiguration: Step<"files" | "git" | "releases"> = {
  name: "lay-out-configuration",
  phase: "copying_files",
  describe: ({ places, target }) => `Write ${fileOf(target)} of the revision into ${places.releases}/<deployment>`,
  async run(context) {
    const { deployment, target, places, host, log } = context;
    const { revision } = deployment;
    const path = fileOf(target);
    await removeOldReleases(context);
    const text = await fileOfRevision(host.git, { mirror: places.mirror, revision, path });
    const unfinished = `${places.release}.unfinished`;
    // A run that died half way left something here: it is made anew, whole.
    await host.files.remove(unfinished);
    await host.files.remove(places.release);
    await host.files.makeFolder(unfinished);
    await host.files.writeText(join(unfinished, CONFIGURATION_FILE), text, 0o640);
    await host.files.writeText(join(unfinished, ORIGIN_FILE), `${JSON.stringify({ revision, file: path })}\n`, 0o640);
    await host.files.rename(unfinished, places.release);
    log(`release ${places.release}`);
  },
};

function fileOf({ settings }: { readonly settings: Readonly<Record<string, unknown>> }): string {
  return String(settings["file"]);
}
