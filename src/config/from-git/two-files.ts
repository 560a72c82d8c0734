/** A fraises.yaml that was deployed from a repository. */
export interface GitFile {
  readonly revision: string;
  /** Its path in the repository. */
  readonly file: string;
  readonly text: string;
}

/** The local file, and the one from git that counts beside it. */
interface TwoFiles {
  readonly local: string;
  readonly git: GitFile | undefined;
}

const LINE = /^# fraisier: what follows is from git: (\{.*\})\n/m;

/** Both texts as one, as a deployment keeps them. Only the local one may name webhooks' secrets; splitFiles() gives both again. */
export function joinFiles({ local, git }: TwoFiles): string {
  if (git === undefined) return local;
  const { text, ...origin } = git;
  return `${local.replace(/\n?$/, "\n")}# fraisier: what follows is from git: ${JSON.stringify(origin)}\n${text}`;
}

/** The first line of that kind counts: the local file is root's, and the one from git may hold what its authors like. */
export function splitFiles(text: string): TwoFiles {
  const found = LINE.exec(text);
  if (found === null) return { local: text, git: undefined };
  const { revision, file } = JSON.parse(found[1] ?? "") as Omit<GitFile, "text">;
  return {
    local: text.slice(0, found.index),
    git: { revision, file, text: text.slice(found.index + found[0].length) },
  };
}

/** The file as git names it: `git show 1a2b3c4:fraises.yaml` shows it. */
export function nameInGit({ revision, file }: Omit<GitFile, "text">): string {
  return `${revision.slice(0, 7)}:${file}`;
}
