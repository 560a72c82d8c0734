import { dirname, join } from "node:path";
import {
  copiesFolder,
  installedText,
  jobOf,
  oldCopiesFolder,
  unitsIn,
  unitsInRevision,
  wantedUnits,
} from "./job-units.ts";
import { removeLeftovers } from "../release/remove-leftovers.ts";
import type { StepContext } from "../capabilities.ts";
import type { Step } from "../step.ts";

/** Puts the job's unit files in place, each whole in one rename. The replaced files are kept, with their modes, outside the record. */
export const installUnits: Step<"facts" | "files" | "git" | "units"> = {
  name: "install-units",
  phase: "creating_symlinks",
  describe: ({ target }) => {
    const { job } = target.settings;
    const where = job?.unit_directory ?? (job?.scope === "user" ? "~/.config/systemd/user" : "/etc/systemd/system");
    return `Write ${job?.service} and ${job?.timer} to ${where} where they differ`;
  },
  async preview(context) {
    const { units } = jobOf(context);
    const lines: string[] = [];
    for (const { name, text, from } of await wantedUnits(context, unitsInRevision(context))) {
      const path = join(units.directory, name);
      const installed = await installedText(context, path);
      if (text === undefined) lines.push(`${name}: the one on this machine`);
      else if (installed === text) lines.push(`${path} stays as it is`);
      else
        lines.push(`would ${installed === undefined ? "write" : "change"} ${path}, from ${from}:`, ...indented(text));
    }
    return lines;
  },
  async run(context) {
    const { places, host, log } = context;
    const { units } = jobOf(context);
    const different: { path: string; text: string }[] = [];
    for (const { name, text } of await wantedUnits(context, unitsIn(context, places.release))) {
      const path = join(units.directory, name);
      if (text !== undefined && (await installedText(context, path)) !== text) different.push({ path, text });
    }
    if (different.length === 0) return log("the units are as they should be");
    await host.files.makeFolder(units.directory);
    await keepPrevious(
      context,
      different.map(({ path }) => path),
    );
    for (const { path, text } of different) {
      await host.files.writeText(path, text);
      log(`wrote ${path}`);
    }
  },
  async undo(context) {
    const { deployment, places, host, facts, log } = context;
    const [folder, old] = [copiesFolder(places, deployment.id), oldCopiesFolder(places, deployment.id)];
    const copies = (await host.files.exists(folder)) ? folder : old;
    for (const path of listOf(facts["replaced"])) {
      await host.files.copy(join(copies, nameOf(path)), path);
      await removeLeftovers(context, path);
      log(`${path} is what it was`);
    }
    for (const path of listOf(facts["added"])) {
      await host.files.remove(path);
      await removeLeftovers(context, path);
      log(`${path} removed: there was none before`);
    }
    if (listOf(facts["added"]).length > 0) await host.files.sync(dirname(listOf(facts["added"])[0] ?? places.app));
  },
};

/** Copies, not facts: a unit may hold what must not be in the store. Whole on disk before they are on record. */
async function keepPrevious(context: StepContext<"facts" | "files">, paths: readonly string[]): Promise<void> {
  const { deployment, places, host, facts, remember } = context;
  if ("replaced" in facts) return;
  const copies = copiesFolder(places, deployment.id);
  // Earlier deployments are settled: theirs are of no use any more.
  for (const name of await host.files.list(dirname(copies))) await host.files.remove(join(dirname(copies), name));
  await host.files.makeFolder(copies);
  const replaced: string[] = [];
  for (const path of paths) {
    if (!(await host.files.exists(path))) continue;
    await host.files.copy(path, join(copies, nameOf(path)));
    replaced.push(path);
  }
  await host.files.sync(copies, { deep: true });
  await remember({ replaced, added: paths.filter((path) => !replaced.includes(path)) });
}

function indented(text: string): readonly string[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`.trimEnd());
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function listOf(fact: unknown): readonly string[] {
  return Array.isArray(fact) ? (fact as readonly string[]) : [];
}
