import { readFileSync } from "node:fs";
import { join } from "node:path";
import { families } from "../src/compose/app.ts";
import { stepsOf } from "../src/deployers/index.ts";
import { EXIT } from "../src/cli/exit-codes.ts";
import { parseConfig } from "../src/config/load.ts";
import { NEXT_STATUSES } from "../src/domain/deployment.ts";
import * as errors from "../src/domain/errors.ts";
import { PHASES } from "../src/domain/phase.ts";
import { declaredSteps } from "./declared-steps.ts";
import type { DeclaredStep } from "./declared-steps.ts";

const ROOT = join(import.meta.dirname, "..");

/** Every status, its meaning, and the statuses that may follow. */
export function statusTable(): string {
  const meanings = docstrings("src/domain/deployment.ts", /(\w+): \[/);
  return table(
    ["Status", "Meaning", "May be followed by"],
    Object.entries(NEXT_STATUSES).map(([status, next]) => [
      code(status),
      meanings.get(status) ?? "",
      next.map(code).join(", ") || "nothing",
    ]),
  );
}

/** Every phase, its meaning, its steps (of the targets in the reference fraises.yaml, which has every type), and what follows a crash in it. */
export function phaseTable(): string {
  const meanings = docstrings("src/domain/phase.ts", /\{ name: "(\w+)"/);
  const reference = join(ROOT, "fraises.yaml");
  const { targets } = parseConfig(readFileSync(reference, "utf8"), reference, families, {});
  const steps = targets.flatMap((target) => stepsOf(target, {}));
  return table(
    ["Phase", "Meaning", "Steps", "After a crash"],
    PHASES.map(({ name, onCrash }) => [
      code(name),
      meanings.get(name) ?? "",
      [
        ...new Set(
          steps.filter(({ phase }) => phase === name).map((step) => code(step.name.replace(/:.*/, ":<name>"))),
        ),
      ].join(", "),
      onCrash,
    ]),
  );
}

/** Every step of src/steps: its meaning, its phase, the capabilities that its type asks for, and whether a rollback takes it back. */
export function stepTable(): string {
  return table(
    ["Step", "Meaning", "Folder", "Phase", "Asks for", "On a rollback"],
    declaredSteps().map(({ name, file, docstring, phase, isForRollback, isTakenBack, needs }) => [
      code(name),
      firstSentence(docstring),
      file.includes("/") ? code(file.replace(/\/.*/, "/")) : "",
      phase === undefined ? "by its place" : code(phase),
      needs.map(code).join(", "),
      atRollback({ isForRollback, isTakenBack }),
    ]),
  );
}

/** Every class of error, its code, exit code, meaning and remedy. */
export function errorTable(): string {
  const docs = docstrings("src/domain/errors.ts", /export class (\w+)/);
  const classes = new Map(Object.entries(errors));
  return table(
    ["Class", "Code", "Exit code", "Meaning", "Remedy"],
    [...docs].map(([name, words]) => {
      const Class = classes.get(name) as new (message: string, more: unknown) => errors.FraisierError;
      const { code: stable, exitCode } = new Class("", {});
      const [meaning = "", remedy = ""] = words.split(" @remedy ");
      return [code(name), code(stable), String(exitCode), meaning, remedy];
    }),
  );
}

/** Every exit code, and its meaning. */
export function exitCodeTable(): string {
  const meanings = docstrings("src/cli/exit-codes.ts", /(\w+): \d/);
  return table(
    ["Exit code", "Meaning"],
    Object.entries(EXIT).map(([name, number]) => [String(number), meanings.get(name) ?? ""]),
  );
}

/** The docstrings of a file on one line each, by the name that `declaration` finds right below. */
function docstrings(file: string, declaration: RegExp): ReadonlyMap<string, string> {
  const text = readFileSync(join(ROOT, file), "utf8");
  const found = text.matchAll(new RegExp(String.raw`/\*\*((?:(?!\*/)[^])*)\*/\s*${declaration.source}`, "g"));
  return new Map(
    [...found].map(([, words = "", name = ""]) => [
      name,
      words
        .replaceAll(/\n\s*\*/g, " ")
        .replaceAll(/\s+/g, " ")
        .trim(),
    ]),
  );
}

function atRollback({ isForRollback, isTakenBack }: Pick<DeclaredStep, "isForRollback" | "isTakenBack">): string {
  if (isForRollback) return "acts";
  return isTakenBack ? "is taken back" : "";
}

function firstSentence(text: string): string {
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const empty = rows.find((row) => row[1] === "");
  if (empty !== undefined) throw new Error(`${empty[0]} has no docstring above it`);
  const lines = [head, head.map(() => "---"), ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`,
  );
  return `${lines.join("\n")}\n`;
}
