import { basename, dirname, join } from "node:path";
import type { Host } from "../host/host.ts";
import type { Manager } from "./systemctl.ts";
import { liesWithin } from "../domain/lies-within.ts";

/** The result of a look at the code that a service runs. */
export type CodeOrigin =
  /** It runs the code that was asked for. */
  | { readonly kind: "right" }
  /** No path that it names is code of a deployment: nobody can tell. */
  | { readonly kind: "unknown" }
  /** It runs from another folder. */
  | { readonly kind: "other"; readonly from: string; readonly wanted: string };

/** The code that a service is asked for. */
export interface WantedCode {
  /** The link `current`, or the checkout. */
  readonly folder: string;
  /** `acme/shop`: a checkout of another repository is not taken for this code. */
  readonly repository: string;
  /** Its main process is looked at as well. Before a restart only its unit says what will run. */
  readonly isLive: boolean;
}

interface NamedPath {
  readonly path: string;
  /** A program may lie in a checkout of its own, as version managers have them. */
  readonly isProgram: boolean;
}

/** Units with one of these see other folders under the same names: their paths say nothing here. */
const OWN_ROOT = ["RootDirectory", "RootImage", "BindPaths", "BindReadOnlyPaths"] as const;
/** Properties of org.freedesktop.systemd1(5) that tell which code a unit runs. */
export const CODE_PROPERTIES = ["MainPID", "WorkingDirectory", "ExecStart", ...OWN_ROOT] as const;

/** Says which folder a unit, and the process that runs, get their code from. Undefined if systemd does not say, or the unit has folders of its own. */
export async function codeOrigin(
  manager: Manager,
  unit: string,
  wanted: WantedCode,
  { files }: Pick<Host, "files">,
): Promise<CodeOrigin | undefined> {
  const { exitCode, stdout } = await manager.run(
    manager.systemctl("show", [`--property=${CODE_PROPERTIES.join(",")}`], unit),
  );
  const property = (name: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(stdout)?.[1] ?? "";
  if (exitCode !== 0 || OWN_ROOT.some((name) => property(name) !== "")) return undefined;
  const { folder, isLive } = wanted;
  const pid = Number(property("MainPID"));
  const real = (await files.realPath(folder)) ?? folder;
  const looks = [...(isLive && pid > 0 ? processLooks(pid, files) : []), () => configuredPaths(stdout)];
  for (const look of looks) {
    const origin = await originOf(await look(), { ...wanted, real }, files);
    if (origin !== undefined) return origin;
  }
  return { kind: "unknown" };
}

/** The origin that these paths tell; undefined if none of them is code of a deployment. */
async function originOf(
  paths: readonly NamedPath[],
  { folder, real, repository, isLive }: WantedCode & { readonly real: string },
  files: Host["files"],
): Promise<CodeOrigin | undefined> {
  let other: string | undefined;
  for (const named of paths) {
    const { path } = named;
    if (liesWithin(path, folder) || liesWithin((await files.realPath(path)) ?? path, real)) return { kind: "right" };
    other ??= await codeRoot(named, repository, files);
  }
  return other === undefined ? undefined : { kind: "other", from: other, wanted: isLive ? real : folder };
}

/** Pure: the absolute paths in what `systemctl show` prints of a unit. */
function configuredPaths(shown: string): readonly NamedPath[] {
  const folder = /^WorkingDirectory=[^/\n]*(\/.*)$/m.exec(shown)?.[1];
  const commands = [...shown.matchAll(/argv\[\]=(.*?) ; ignore_errors=/g)].map(([, argv = ""]) => argv);
  return [
    ...(folder === undefined ? [] : [{ path: folder, isProgram: false }]),
    ...commands.flatMap((argv) => absolutePaths(argv.split(/\s+/))),
  ];
}

/** The paths of a process: first the folder that it works in, as a process that works in another release is wrong, whatever link its unit names. */
function processLooks(pid: number, files: Host["files"]): readonly (() => Promise<readonly NamedPath[]>)[] {
  let mayLook = false;
  return [
    async () => {
      const path = await processLink(pid, "cwd", files);
      mayLook = path !== undefined;
      return path === undefined ? [] : [{ path, isProgram: false }];
    },
    async () => {
      const argv = (await files.readText(`/proc/${pid}/cmdline`).catch(() => undefined)) ?? "";
      // Only root and the user of a process may see its folder and its program.
      const program = mayLook ? await processLink(pid, "exe", files) : undefined;
      return [
        ...(program === undefined ? [] : [{ path: program, isProgram: true }]),
        ...absolutePaths(argv.split("\0")),
      ];
    },
  ];
}

async function processLink(pid: number, name: "cwd" | "exe", files: Host["files"]): Promise<string | undefined> {
  const path = await files.readLink(`/proc/${pid}/${name}`).catch(() => undefined);
  // The kernel marks what was removed under a process.
  return path?.replace(/ \(deleted\)$/, "");
}

/** Also those behind `--option=`, and within quotes. */
function absolutePaths(words: readonly string[]): readonly NamedPath[] {
  return words.flatMap((word, index) => {
    const path = /^(?:--?[\w-]+=)?["']?(\/[^"';]*)/.exec(word)?.[1];
    return path === undefined ? [] : [{ path, isProgram: index === 0 }];
  });
}

/** The folder of the release, or of the checkout of this repository, that a path lies in; undefined if it lies in neither. */
async function codeRoot(
  { path, isProgram }: NamedPath,
  repository: string,
  files: Host["files"],
): Promise<string | undefined> {
  const release = /^(\/.*?\/releases\/[^/]+)(?:\/|$)/.exec(path)?.[1];
  if (release !== undefined) return release;
  const current = /^(\/.*?\/current)(?:\/|$)/.exec(path)?.[1];
  if (current !== undefined && (await files.readLink(current)) !== undefined) return current;
  if (isProgram) return undefined;
  for (let folder = path; folder.length > 1; folder = dirname(folder)) {
    const config = await files.readText(join(folder, ".git/config")).catch(() => undefined);
    if (config === undefined) continue;
    const url = /^\s*url\s*=\s*(.+)$/m.exec(config)?.[1] ?? "";
    return repositoryName(url) === repositoryName(repository) ? folder : undefined;
  }
  return undefined;
}

function repositoryName(url: string): string {
  return basename(url.trim(), ".git");
}
