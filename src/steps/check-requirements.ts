import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { HostUnavailable } from "../domain/errors.ts";
import { setCommand } from "../domain/variable.ts";
import { linkedReleases } from "./release/refuse-linked-releases.ts";
import { serviceObstacles } from "./service/service-obstacles.ts";
import { unmetNeeds } from "./unmet-needs.ts";
import type { PreviewContext } from "./capabilities.ts";
import type { Step } from "./step.ts";

type Needs = "env" | "files" | "git" | "obstacles" | "processes" | "running" | "service" | "units";
type Needed = PreviewContext<Needs>;

/**
 * Everything that can be known to fail is found before anything is touched, and all of it is named.
 * @param variables that this type needs beside `required_env_vars`.
 */
export function checkRequirements(variables: readonly string[] = []): Step<Needs> {
  return {
    name: "check-requirements",
    phase: "checking",
    describe: ({ target: { settings } }) => {
      const required = [...new Set([...settings.required_env_vars, ...variables])];
      const needed = [...settings.needs.units, ...settings.needs.commands];
      return (
        `Check that ${settings.app_path} is writable, ${mebibytes(freeSpace(settings))} MiB are free` +
        (required.length === 0 ? "" : `, ${required.join(", ")} set`) +
        (needed.length === 0 ? "" : `, ${needed.join(", ")} there`)
      );
    },
    preview: async (context) => [
      ...(await problemsOf(context, variables)).map(
        ({ problem, hint }) => `would fail: ${problem}${hint === undefined ? "" : ` (${hint})`}`,
      ),
      ...(await sandboxWarnings(context)),
    ],
    async run(context) {
      const problems = await problemsOf(context, variables);
      if (problems.length > 0) {
        const commands = missingVariables(context, variables).map((name) => `${setCommand(context.target, name)}\n`);
        for (const command of commands) context.log(command.trimEnd());
        const hints = new Set(problems.flatMap(({ hint }) => (hint === undefined ? [] : [`${hint}\n`])));
        throw new HostUnavailable(problems.map(({ problem }) => problem).join("; "), {
          hint: `${[...commands, ...hints].join("")}Nothing was touched.`,
        });
      }
      for (const warning of await sandboxWarnings(context)) context.log(warning);
      context.log(
        `${mebibytes(await context.host.files.freeBytes(context.places.app))} MiB free in ${context.places.app}`,
      );
    },
  };
}

interface Problem {
  readonly problem: string;
  /** The remedy, if it can be said. */
  readonly hint?: string;
}

async function problemsOf(context: Needed, variables: readonly string[]): Promise<readonly Problem[]> {
  const { target, places, host, deployment } = context;
  const { settings } = target;
  const problems: Problem[] = [];
  if (deployment.options.skip_validation !== true) {
    const missing = missingVariables(context, variables);
    if (missing.length > 0) problems.push({ problem: `required_env_vars not set: ${missing.join(", ")}` });
    problems.push(...(await unmetNeeds(context)).map((problem) => ({ problem })));
  }
  problems.push(...(await serviceObstacles(context)), ...(await context.userObstacles()));
  const hidden = await context.databaseObstacle();
  if (hidden !== undefined) problems.push(hidden);
  if (settings.sandbox.mode === "required") {
    const gaps = await context.sandboxGaps();
    problems.push(...gaps.map(({ problem, hint }) => ({ problem: `sandbox: required, but ${problem}`, hint })));
  }
  if (!(await host.files.isWritable(places.app))) {
    problems.push({
      problem: `${places.app} is not writable for this user`,
      hint: `Give the folder to the user that fraisier runs as: sudo install -d -o ${userInfo().username} ${places.app}`,
    });
  }
  const [free, wanted] = [await host.files.freeBytes(places.app), freeSpace(settings)];
  if (free < wanted) {
    problems.push({
      problem: `${places.app} has ${mebibytes(free)} MiB free, ${mebibytes(wanted)} are required`,
      hint: "Make room on that disk, or lower min_free_space.",
    });
  }
  if (settings.layout === "in_place")
    problems.push(...(await checkoutProblems(context)).map((problem) => ({ problem })));
  else {
    const link = await linkedReleases(context);
    problems.push(...(await releasesInCheckout(context)), ...(link === undefined ? [] : [link]));
  }
  const { environment_file: file } = settings;
  if (file !== undefined && !(await isFolderFor(context, file)))
    problems.push({ problem: `${file} cannot be written: ${dirname(file)} is missing or not writable for this user` });
  return problems;
}

/** Under `sandbox: auto` a deployment goes on without a sandbox, and says so. */
async function sandboxWarnings(context: PreviewContext<"obstacles">): Promise<readonly string[]> {
  if (context.target.settings.sandbox.mode !== "auto") return [];
  const gaps = await context.sandboxGaps();
  return gaps.map(({ problem, hint }) => `warning: not in a sandbox: ${problem} (${hint})`);
}

/** A checkout that runs would go on running: releases lie beside its files, and nothing starts them. */
async function releasesInCheckout({
  target,
  places,
  host: { files },
}: PreviewContext<"files">): Promise<readonly Problem[]> {
  const isCheckout = target.settings.code_from === undefined && (await files.exists(join(places.app, ".git")));
  if (!isCheckout || (await files.readLink(places.current)) !== undefined) return [];
  return [
    {
      problem: `app_path ${places.app} is a git checkout, but layout: releases does not update it: it writes releases beside its files`,
      hint: "Set layout: in_place to update the checkout; or set app_path to an empty folder, and let the service run from its current/.",
    },
  ];
}

function missingVariables(
  { target, env, deployment }: PreviewContext<"env">,
  variables: readonly string[],
): readonly string[] {
  if (deployment.options.skip_validation === true) return [];
  return [...new Set([...target.settings.required_env_vars, ...variables])].filter((name) => (env[name] ?? "") === "");
}

async function isFolderFor({ host: { files } }: PreviewContext<"files">, file: string): Promise<boolean> {
  return (await files.exists(dirname(file))) && (await files.isWritable(dirname(file)));
}

async function checkoutProblems({ places, host }: PreviewContext<"files" | "git">): Promise<readonly string[]> {
  if (!(await host.files.exists(places.mirror)))
    return [`${places.app} is not a git checkout, which layout: in_place needs`];
  const { dirty } = await host.git.checkoutState(places.app);
  return dirty ? [`tracked files in ${places.app} were changed by hand (git -C ${places.app} status names them)`] : [];
}

function freeSpace({ min_free_space, needs }: PreviewContext<never>["target"]["settings"]): number {
  return Math.max(min_free_space, needs.free_space ?? 0);
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}
