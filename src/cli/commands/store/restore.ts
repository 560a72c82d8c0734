import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { storeVersion } from "../../../compose/app.ts";
import type { Key } from "../../../archives/age-streams.ts";
import type { ArchiveManifest, PartName } from "../../../archives/manifest.ts";
import { readArchive } from "../../../archives/read-archive.ts";
import { HostUnavailable, StoreUnavailable, UsageError } from "../../../domain/errors.ts";
import { EXIT } from "../../exit-codes.ts";
import { prepareFile } from "../../archives/install-part.ts";
import type { PreparedFile } from "../../archives/install-part.ts";
import { keyOf } from "../../archives/archive-keys.ts";
import { probeStore } from "../../archives/probe-store.ts";
import { findPlaces } from "../../archives/restore-places.ts";
import type { RestorePlaces, SmallParts } from "../../archives/restore-places.ts";
import type { OpeningOptions } from "../../archives/archive-keys.ts";
import type { Invocation } from "../../command-entry.ts";
import type { Print } from "../../print/print.ts";

const MODES: Readonly<Record<PartName, number>> = {
  "fraises.yaml": 0o640,
  "webhook-secrets": 0o640,
  environment: 0o640,
  "fraisier.key": 0o600,
  "fraisier.db": 0o640,
};

interface Options extends OpeningOptions {
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** `fraisier store restore <file>`. The archive is read to its end before anything is written. */
export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const file = resolve(args[0] ?? "");
  const key = await keyOf(options);
  const { manifest, small } = await readSmallParts(file, key);
  if (manifest.store_version > storeVersion()) {
    throw new HostUnavailable(`the backup was made by a newer fraisier (${manifest.program})`, {
      hint: `Install fraisier ${manifest.program} or newer, and try again.`,
    });
  }
  await using places = await findPlaces(options.config, manifest, small);
  const found = await whatIsThere(places, small);
  const steps = manifest.parts.map(({ name }) => ({ name, path: places.paths.get(name) ?? "" }));
  if (options.dryRun === true) {
    preview({ manifest, steps, found }, print);
    return EXIT.ok;
  }
  if (found.length > 0 && options.force !== true) {
    throw new UsageError(`there is something here already: ${found.join("; ")}`, {
      hint: "--force replaces it. The old files stay beside the new ones, as <file>.before-restore-<time>.",
    });
  }
  const kept = await install(file, key, small, places);
  const check = await probeStore(places.paths.get("fraises.yaml") ?? "");
  if ("error" in check) throw new StoreUnavailable(`the restored store cannot be opened: ${check.error}`);
  if (print.isJson) print.json({ restored: steps, kept, counts: check.counts, manifest });
  else tell({ manifest, steps, kept, counts: check.counts }, print);
  return EXIT.ok;
}

/** A part of the archive, and the place that it goes to. */
interface PartPlace {
  readonly name: PartName;
  readonly path: string;
}

interface Preview {
  readonly manifest: ArchiveManifest;
  readonly steps: readonly PartPlace[];
  readonly found: readonly string[];
}

function preview({ manifest, steps, found }: Preview, print: Print): void {
  if (print.isJson) {
    print.json({ dry_run: true, manifest, writes: steps, in_the_way: found });
    return;
  }
  print.line("Nothing is written. It would write:");
  for (const { name, path } of steps) print.line(`  ${name} to ${path}`);
  for (const each of found) print.line(`In the way, without --force: ${each}`);
}

interface Restored {
  readonly manifest: ArchiveManifest;
  readonly steps: readonly PartPlace[];
  readonly kept: readonly string[];
  readonly counts: ArchiveManifest["counts"];
}

function tell({ manifest, steps, kept, counts }: Restored, print: Print): void {
  for (const { name, path } of steps) print.line(`restored ${name} to ${path}`);
  for (const each of kept) print.line(`kept ${each}`);
  const { deployments, deliveries, variables } = counts;
  print.line(`The store holds ${deployments} deployments, ${deliveries} deliveries, ${variables} variables.`);
  if (!manifest.parts.some(({ name }) => name === "fraisier.key") && variables > 0)
    print.line("The backup has no key: put fraisier.key in its place, or the variables cannot be opened.");
  print.line("Start the daemon: sudo systemctl start fraisier");
}

async function readSmallParts(
  file: string,
  key: Key | undefined,
): Promise<{ readonly manifest: ArchiveManifest; readonly small: SmallParts }> {
  const small = new Map<Exclude<PartName, "fraisier.db">, string>();
  const manifest = await readArchive(file, key, async (name, content) => {
    if (name !== "fraisier.db") small.set(name, await text(content));
    else for await (const _chunk of content);
  });
  return { manifest, small };
}

/** The things that a restore would replace: files that differ from the archive's, and a store with records. @throws HostUnavailable while a daemon lives. */
async function whatIsThere(places: RestorePlaces, small: SmallParts): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [name, wanted] of small) {
    const path = places.paths.get(name) ?? "";
    const there = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw new HostUnavailable(`${path} cannot be read: ${error.code}`, { hint: "Run this with sudo.", cause: error });
    });
    if (there === undefined || there === wanted || isBlank(name, there, places)) continue;
    found.push(`${path} is another one`);
  }
  const store = places.paths.get("fraisier.db") ?? "";
  if (!existsSync(store)) return found;
  const check = await probeStore(places.configFile);
  if ("error" in check) return [...found, `the store ${store} (${check.error})`];
  if (check.daemon !== null) {
    throw new HostUnavailable(`a daemon works with the store ${store} (process ${check.daemon.pid})`, {
      hint: "Stop it first: sudo systemctl stop fraisier",
    });
  }
  const { deployments, deliveries, variables } = check.counts;
  if (deployments + deliveries + variables > 0)
    found.push(
      `the store ${store} holds ${deployments} deployments, ${deliveries} deliveries and ${variables} variables`,
    );
  return found;
}

/** The package installs these: a fraises.yaml without fraises, and files with comments alone. */
function isBlank(name: PartName, there: string, { installed }: RestorePlaces): boolean {
  if (name === "fraises.yaml") return installed?.targets.length === 0;
  return there.split("\n").every((line) => line.trim() === "" || line.trimStart().startsWith("#"));
}

/** Everything is written beside its place first. The store comes last: it says that the restore is complete. */
async function install(
  file: string,
  key: Key | undefined,
  small: SmallParts,
  { paths }: RestorePlaces,
): Promise<readonly string[]> {
  await using prepared = new AsyncDisposableStack();
  const files: PreparedFile[] = [];
  for (const [name, content] of small) {
    files.push(prepared.use(await prepareFile(paths.get(name) ?? "", content, MODES[name])));
  }
  await readArchive(file, key, async (name, content) => {
    if (name !== "fraisier.db") for await (const _chunk of content);
    else files.push(prepared.use(await prepareFile(paths.get(name) ?? "", content, MODES[name])));
  });
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const kept: string[] = [];
  for (const each of files) {
    const aside = await each.install(time);
    if (aside !== undefined) kept.push(aside);
  }
  return kept;
}
