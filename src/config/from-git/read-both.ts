import { short } from "../../domain/decision.ts";
import type { ConfigProblem } from "../../domain/errors.ts";
import type { Families } from "../families.ts";
import { readDocument } from "../file/read-document.ts";
import type { ReadDocument } from "../file/read-document.ts";
import { configurationIn, joinDocuments, mapOf, unusedKeys } from "./join-documents.ts";
import { refuseInGit } from "./refuse-in-git.ts";
import { nameInGit, splitFiles } from "./two-files.ts";
import type { GitFile } from "./two-files.ts";

/** The text of a configuration, read: one file, or the local one and the one from git together. */
interface ReadBoth {
  readonly document: ReadDocument;
  /** The file that problems are likely to stand in. */
  readonly name: string;
  readonly git: GitFile | undefined;
  /** Errors of the file from git. */
  readonly problems: readonly ConfigProblem[];
  /** Warnings of what does not count in the local one. */
  readonly unused: readonly ConfigProblem[];
}

/** Reads a text that joinFiles() made, or a fraises.yaml alone. */
export function readBoth(text: string, file: string, families: Families): ReadBoth {
  const { local, git } = splitFiles(text);
  const own = readDocument(local, file);
  if (git === undefined || own.problems.length > 0) return { document: own, name: file, git, problems: [], unused: [] };
  const name = nameInGit(git);
  const document = readDocument(git.text, name);
  if (document.problems.length > 0) return { document, name, git, problems: [], unused: [] };
  const configuration = configurationIn(own.data) ?? "";
  return {
    document: joinDocuments(own, document),
    name,
    git,
    problems: [
      ...refuseInGit(document, git, { file, configuration }, families),
      ...(Object.keys(mapOf(mapOf(document.data)["fraises"])).length > 0
        ? []
        : [document.problemAt([], `the file names no fraises: every target but ${configuration} would be gone`)]),
    ],
    unused: unusedKeys(own, `revision ${short(git.revision)} of ${targetIn(own.data, configuration)}`),
  };
}

/** The name of the target: there is only one environment. */
function targetIn(data: unknown, fraise: string): string {
  const [environment = ""] = Object.keys(mapOf(mapOf(mapOf(mapOf(data)["fraises"])[fraise])["environments"]));
  return `${fraise}/${environment}`;
}
