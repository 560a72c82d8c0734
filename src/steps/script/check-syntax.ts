import { basename } from "node:path";
import type { Command } from "../../host/processes.ts";
import { runnerFrom } from "./check-script.ts";
import { shown } from "../build/shown.ts";
import type { StepContext } from "../capabilities.ts";
import type { Step } from "../step.ts";

/** A check that takes longer than this is none. */
const TIMEOUT_MS = 120_000;

/** Reads it, and writes no __pycache__ into the release. */
const PYTHON = "import ast, sys; ast.parse(open(sys.argv[1], 'rb').read(), sys.argv[1])";

/**
 * The laid-out script can be read by what will run it, before it goes live.
 * @param given the operator's command; undefined: the one that goes with the script's interpreter, where there is one.
 */
export function checkSyntax(
  path: string,
  given: Command | undefined,
): Step<"command" | "env" | "journal" | "processes"> {
  return {
    name: "check-syntax",
    phase: "building",
    describe: () =>
      given === undefined
        ? `Check the syntax of ${path}, if it is Python, shell or JavaScript`
        : `Check the syntax: ${shown(given)}`,
    async run(context) {
      const command = given ?? (await usualCheck(context, path));
      if (command === undefined) {
        context.log(`nothing here knows how to check the syntax of ${path}`);
        return;
      }
      await context.command(command, { timeoutMs: TIMEOUT_MS });
    },
  };
}

async function usualCheck(
  context: StepContext<"env" | "journal" | "processes">,
  path: string,
): Promise<readonly string[] | undefined> {
  const argv = checkFor(context, path);
  const [program] = argv ?? [];
  if (program === undefined) return undefined;
  // With a path it is what runs the script, and must be there.
  if (program.includes("/")) return argv;
  return (await context.host.processes.find(program, context.env["PATH"])) === undefined ? undefined : argv;
}

function checkFor({ factsOf }: StepContext<"journal">, path: string): readonly string[] | undefined {
  const words = (runnerFrom({ factsOf }) ?? []).slice(0, -1);
  // `/usr/bin/env python3`, `python3 -u`: of what runs it the first that is a name we know.
  const names = words.flatMap((word) => word.split(/\s+/)).map((word) => basename(word));
  const file = `./${path}`;
  if (names.some((name) => /^python[\d.]*$/.test(name)) || (names.length === 0 && path.endsWith(".py")))
    return [words.find((word) => /^python[\d.]*$/.test(basename(word))) ?? "python3", "-c", PYTHON, file];
  const shell = names.find((name) => /^(ba|da|k|z)?sh$/.test(name));
  if (shell !== undefined) return [shell, "-n", file];
  if (names.length === 0 && /\.(ba)?sh$/.test(path)) return ["bash", "-n", file];
  if (names.includes("node") || (names.length === 0 && /\.[cm]?js$/.test(path))) return ["node", "--check", file];
  return undefined;
}
