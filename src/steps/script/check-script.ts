import { basename, extname } from "node:path";
import { short } from "../../domain/decision.ts";
import { StepFailed } from "../../domain/errors.ts";
import type { Members, PreviewContext } from "../capabilities.ts";
import type { Step } from "../step.ts";

export interface ScriptSettings {
  /** Below the root of the repository. */
  readonly path: string;
  /** The interpreter, `[python3, -u]`; undefined: the file itself names it. */
  readonly interpreter: readonly string[] | undefined;
}

/** The interpreter of a script that is neither executable nor names it in its first line. */
const INTERPRETERS: Readonly<Record<string, readonly string[]>> = {
  ".py": ["python3"],
  ".sh": ["sh"],
  ".bash": ["bash"],
  ".js": ["node"],
  ".mjs": ["node"],
  ".cjs": ["node"],
};

const CHECK_SCRIPT = "check-script";

/** The script is in the revision and can be run: asked of git, before anything is laid out. Remembers how it is run. */
export function checkScript(script: ScriptSettings): Step<"env" | "facts" | "git" | "processes"> {
  return {
    name: CHECK_SCRIPT,
    phase: "pulling_source",
    describe: () => `Check that ${script.path} is in the revision and can be run`,
    async preview(context) {
      try {
        return [`would run: ${(await runnerOf(context, script)).join(" ")}`];
      } catch (error) {
        if (!(error instanceof StepFailed)) throw error;
        return [`would fail: ${error.message}`];
      }
    },
    async run(context) {
      const runner = await runnerOf(context, script);
      await context.remember({ runner });
      context.log(`${script.path} is run as ${runner.join(" ")}`);
    },
  };
}

/** The argv that runs the script, by what this step remembered. */
export function runnerFrom({ factsOf }: Pick<Members<"journal">, "factsOf">): readonly string[] | undefined {
  const { runner } = factsOf(CHECK_SCRIPT);
  return Array.isArray(runner) ? (runner as readonly string[]) : undefined;
}

/** The argv that runs the script in the release. */
export async function runnerOf(
  context: PreviewContext<"env" | "git" | "processes">,
  { path, interpreter }: ScriptSettings,
): Promise<readonly string[]> {
  const file = await scriptFile(context, path);
  const runner = interpreter ?? (file.kind === "executable" ? [] : await interpreterOf(context, file));
  if (runner === undefined) {
    throw new StepFailed(
      `${path} is not executable in ${short(context.deployment.revision)}, and nothing says what runs it`,
      {
        hint: `git update-index --chmod=+x ${path}; or give it a first line (#!/usr/bin/env python3); or name an interpreter in fraises.yaml.`,
      },
    );
  }
  const [program] = runner;
  // A program that the release brings (.venv/bin/python) is not there yet.
  const isOurs = program?.includes("/") === true && !program.startsWith("/");
  const { host, env } = context;
  if (program !== undefined && !isOurs && (await host.processes.find(program, env["PATH"])) === undefined) {
    throw new StepFailed(`${program}, which runs ${path}, is not on this machine`, { hint: `Install ${program}.` });
  }
  return [...runner, `./${path}`];
}

type GitFile = Parameters<PreviewContext<"git">["host"]["git"]["readFile"]>[1] & { readonly kind: string };

/** The script in the revision. @throws StepFailed if there is none, or if it is no file of its own. */
async function scriptFile({ host, places, deployment }: PreviewContext<"git">, path: string): Promise<GitFile> {
  const files = (await host.git.listFiles(places.mirror, deployment.revision)) ?? [];
  const file = files.find((each) => each.path === path);
  const name = short(deployment.revision);
  if (file === undefined) {
    const isFolder = files.some((each) => each.path.startsWith(`${path}/`));
    const paths = files.map((each) => each.path);
    throw new StepFailed(isFolder ? `${path} is a folder in ${name}` : `${path} is not in ${name}`, {
      hint: nearBy(path, paths) ?? "Commit the script, or mend its path in fraises.yaml.",
    });
  }
  if (file.kind === "link" || file.kind === "submodule") {
    throw new StepFailed(`${path} is a ${file.kind === "link" ? "symbolic link" : "submodule"} in ${name}`, {
      hint: "Name the script itself.",
    });
  }
  return file;
}

/** By its first line, else by the ending of its name. */
async function interpreterOf(
  { host, places }: PreviewContext<"git">,
  file: GitFile,
): Promise<readonly string[] | undefined> {
  const [first = ""] = ((await host.git.readFile(places.mirror, file)) ?? "").split("\n", 1);
  // As the kernel reads it: one program, and all the rest as one argument.
  const [, program, argument] = /^#!\s*(\S+)(?:\s+(.*?))?\s*$/.exec(first) ?? [];
  if (program === undefined) return INTERPRETERS[extname(file.path)];
  return argument === undefined ? [program] : [program, argument];
}

function nearBy(path: string, files: readonly string[]): string | undefined {
  const same = files.filter((each) => basename(each) === basename(path)).slice(0, 3);
  return same.length === 0 ? undefined : `Is it ${same.join(" or ")}?`;
}
