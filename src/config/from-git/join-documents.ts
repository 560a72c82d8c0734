import { CONFIGURATION } from "../../domain/configuration-fraise.ts";
import type { ConfigProblem } from "../../domain/errors.ts";
import type { Path } from "../file/locate.ts";
import type { ReadDocument } from "../file/read-document.ts";

type Data = Readonly<Record<string, unknown>>;

/** Sections that only the local file has. */
export const LOCAL_SECTIONS: readonly string[] = ["name", "git", "server", "store"];
/** Keys of `deployment:` that only the local file has. */
export const LOCAL_DEPLOYMENT_KEYS: readonly string[] = ["state_directory", "sandbox"];
/** Sections that the file from git has alone, once one is in force. */
const SHARED_SECTIONS = ["fraises", "branch_mapping", "deployment"];

/** The name of the fraise of `type: configuration`, if the data has one. */
export function configurationIn(data: unknown): string | undefined {
  return Object.entries(mapOf(mapOf(data)["fraises"])).find(
    ([, fraise]) => mapOf(fraise)["type"] === CONFIGURATION,
  )?.[0];
}

/**
 * The document that two files make together: the local one says where the daemon listens, what it remembers, which forges it believes and where its configuration
 * comes from; the one from git says everything else. Each place is found in the file that it stands in.
 */
export function joinDocuments(local: ReadDocument, git: ReadDocument): ReadDocument {
  const name = configurationIn(local.data);
  const of = (path: Path): ReadDocument => (isLocal(path, name) ? local : git);
  return {
    data: joined(mapOf(local.data), mapOf(git.data), name),
    problems: [...local.problems, ...git.problems],
    has: (path) => of(path).has(path),
    placeOfText: (text) => local.placeOfText(text) ?? git.placeOfText(text),
    problemAt: (path, message, more) => of(path).problemAt(path, message, more),
  };
}

/** The keys of the local file that do not count while a file from git is in force, each as a warning at its place. */
export function unusedKeys(local: ReadDocument, inForce: string): readonly ConfigProblem[] {
  const data = mapOf(local.data);
  const name = configurationIn(data);
  const paths = SHARED_SECTIONS.flatMap((section): readonly Path[] => {
    const keys = Object.keys(mapOf(data[section]));
    // Its keys are branches.
    if (section === "branch_mapping") return keys.length === 0 ? [] : [[section]];
    return keys.map((key) => [section, key]);
  }).filter((path) => !isLocal(path, name));
  return paths.map((path) =>
    local.problemAt(path, `${path.join(".")} is not used: ${inForce} is in force, and says it alone`, {
      atKey: true,
      severity: "warning",
    }),
  );
}

function isLocal([section = "", key = ""]: Path, name: string | undefined): boolean {
  if (LOCAL_SECTIONS.includes(String(section))) return true;
  return section === "deployment" ? LOCAL_DEPLOYMENT_KEYS.includes(String(key)) : section === "fraises" && key === name;
}

function joined(local: Data, git: Data, name: string | undefined): Data {
  const own = mapOf(local["fraises"]);
  const without = new Set([...SHARED_SECTIONS, ...LOCAL_SECTIONS]);
  const rest = (data: Data): Data => Object.fromEntries(Object.entries(data).filter(([key]) => !without.has(key)));
  const deployment = Object.entries(mapOf(local["deployment"])).filter(([key]) => LOCAL_DEPLOYMENT_KEYS.includes(key));
  return {
    ...rest(git),
    ...Object.fromEntries(LOCAL_SECTIONS.flatMap((key) => (local[key] === undefined ? [] : [[key, local[key]]]))),
    deployment: mixed(git["deployment"], Object.fromEntries(deployment)),
    fraises: mixed(git["fraises"], name === undefined ? {} : { [name]: own[name] }),
    ...(isAbsent(git["branch_mapping"]) ? {} : { branch_mapping: git["branch_mapping"] }),
  };
}

/** A value that should be a map and is none stays, for the schema to complain of. */
function mixed(git: unknown, local: Data): unknown {
  return isAbsent(git) || isMap(git) ? { ...mapOf(git), ...local } : git;
}

/** A section with nothing below it is read like one that is not there. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isMap(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An empty map for everything that is none. */
export function mapOf(value: unknown): Data {
  return isMap(value) ? value : {};
}
