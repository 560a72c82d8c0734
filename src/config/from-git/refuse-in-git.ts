import { dirname, isAbsolute, relative, resolve } from "node:path";
import { LineCounter } from "yaml";
import { CONFIGURATION } from "../../domain/configuration-fraise.ts";
import type { ConfigProblem } from "../../domain/errors.ts";
import { parseText, rewriteScalars } from "../edit/rewrite-scalars.ts";
import { secretScalars } from "../edit/secret-scalars.ts";
import type { Families } from "../families.ts";
import { pathName } from "../file/locate.ts";
import type { Path } from "../file/locate.ts";
import type { ReadDocument } from "../file/read-document.ts";
import { Reference } from "../keys/fields.ts";
import { configSchema } from "../keys/schema.ts";
import { credentialsIn, namesVariable } from "../secrets/credentials-in.ts";
import { LOCAL_DEPLOYMENT_KEYS, LOCAL_SECTIONS, mapOf } from "./join-documents.ts";
import { nameInGit } from "./two-files.ts";
import type { GitFile } from "./two-files.ts";

interface Local {
  /** The path of the local fraises.yaml. */
  readonly file: string;
  /** The name of the fraise of type configuration in it. */
  readonly configuration: string;
}

/** Everything in a fraises.yaml from git that only the host's own file may say, each at its place with the reason. */
export function refuseInGit(
  document: ReadDocument,
  git: GitFile,
  local: Local,
  families: Families,
): readonly ConfigProblem[] {
  return [
    ...refusedKeys(document, local),
    ...foreignFiles(document.data, local.file),
    ...writtenSecrets(git, families),
  ];
}

function refusedKeys(document: ReadDocument, { file, configuration }: Local): readonly ConfigProblem[] {
  const data = mapOf(document.data);
  const found: ConfigProblem[] = [];
  const refuse = (path: Path, why: string): void => {
    if (document.has(path)) found.push(document.problemAt(path, `${pathName(path)} ${why}`, { atKey: true }));
  };
  const onlyLocal = `is set on the host alone, in ${file}: a push cannot change it`;
  for (const section of LOCAL_SECTIONS) refuse([section], onlyLocal);
  for (const key of LOCAL_DEPLOYMENT_KEYS) refuse(["deployment", key], onlyLocal);
  for (const [name, value] of Object.entries(mapOf(data["fraises"]))) {
    const fraise = mapOf(value);
    const path: Path = ["fraises", name];
    if (name === configuration)
      refuse(
        path,
        `is the fraise that this file comes from: only ${file} says what it is, so that no push can remove or move it`,
      );
    else if (fraise["type"] === CONFIGURATION)
      refuse(
        path,
        `has type: ${CONFIGURATION}, as ${configuration} has in ${file}: only that file says where configuration comes from`,
      );
    const levels: readonly (readonly [Path, unknown])[] = [
      [path, fraise],
      ...Object.entries(mapOf(fraise["environments"])).map(
        ([environment, settings]) => [[...path, "environments", environment], settings] as const,
      ),
    ];
    for (const [at, level] of levels) {
      const mode = mapOf(level)["sandbox"];
      if (mode !== undefined && mode !== "required")
        refuse(
          [...at, "sandbox"],
          `may only be required here: a push cannot loosen what deployment.sandbox of ${file} says`,
        );
    }
  }
  return found;
}

/** `!file` reads what the process may read: from git it may only name files beside the local fraises.yaml. */
function foreignFiles(data: unknown, localFile: string): readonly ConfigProblem[] {
  if (data instanceof Reference) {
    const { source, blame } = data;
    if (source.kind !== "file") return [];
    const inside = relative(dirname(localFile), resolve(dirname(localFile), source.path));
    if (inside !== "" && !inside.startsWith("..") && !isAbsolute(inside)) return [];
    const message = `!file ${source.path} lies outside of ${dirname(localFile)}: a file from git may only name secrets there`;
    return [{ ...blame, message, severity: "error" }];
  }
  if (typeof data !== "object" || data === null) return [];
  return Object.values(data).flatMap((each) => foreignFiles(each, localFile));
}

/** Secrets that stand in the file itself: everybody who can read the repository knows them. */
function writtenSecrets(git: GitFile, families: Families): readonly ConfigProblem[] {
  const document = parseText(git.text);
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (const { index } of git.text.matchAll(/\n/g)) counter.addNewLine(index + 1);
  const kinds = secretScalars(document, configSchema(families));
  const found: ConfigProblem[] = [];
  rewriteScalars(document, git.text, (scalar, path) => {
    const kind = kinds.get(scalar);
    const isWhole = kind !== undefined && kind !== "url" && !namesVariable(scalar.value);
    if (!isWhole && credentialsIn(scalar.value).length === 0) return undefined;
    const { line, col } = counter.linePos(scalar.range?.[0] ?? 0);
    found.push({
      file: nameInGit(git),
      line: Math.max(1, line),
      column: Math.max(1, col),
      path: path.join("."),
      message: `${pathName(path)} holds a secret, which everybody knows who can read the repository: name a variable of the host, "\${NAME}"`,
      severity: "error",
    });
    return undefined;
  });
  return found;
}
