import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const STEPS = join(import.meta.dirname, "../src/steps");

/** A step, an act of a rollback, or a function that makes one, as its source declares it. */
export interface DeclaredStep {
  /** The exported name: `switchRelease`. */
  readonly name: string;
  /** Below src/steps. */
  readonly file: string;
  readonly docstring: string;
  /** An act of a rollback, which only notes something going forward. */
  readonly isForRollback: boolean;
  /** Undefined if its place in the list of steps says it. */
  readonly phase: string | undefined;
  readonly isTakenBack: boolean;
  /** The capabilities that its type asks for, sorted. */
  readonly needs: readonly string[];
}

const DECLARATION =
  /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*export (?:const (\w+): |function (\w+)\((?:(?!^\})[^])*?\): )(Step|RollbackAct)<([^>]+)>/gm;

/** Every step of src/steps, by folder. */
export function declaredSteps(): readonly DeclaredStep[] {
  return stepFiles().flatMap((file) => {
    const text = stepFile(file);
    const found = [...text.matchAll(DECLARATION)];
    return found.map(([, words = "", constant, made, kind, type = ""], index) => {
      const { index: start } = found[index] ?? { index: 0 };
      const body = text.slice(start, found[index + 1]?.index);
      return {
        name: constant ?? made ?? "",
        file,
        docstring: words
          .replaceAll(/\n\s*\*/g, " ")
          .replaceAll(/\s+/g, " ")
          .trim(),
        isForRollback: kind === "RollbackAct",
        phase: /^ {2,4}phase: "(\w+)"/m.exec(body)?.[1],
        isTakenBack: /\bundo(\(|:)/.test(body),
        needs: wordsOf(type === "Needs" ? (/^type Needs =([^;]+);/m.exec(text)?.[1] ?? "") : type),
      };
    });
  });
}

/** The files of src/steps, each by its path there. */
export function stepFiles(): readonly string[] {
  return globSync("**/*.ts", { cwd: STEPS }).toSorted();
}

export function stepFile(file: string): string {
  return readFileSync(join(STEPS, file), "utf8");
}

/** The text of a file of src/steps, and of the files there that it imports, and so on. */
export function textWithImports(file: string, seen: Set<string> = new Set()): string {
  if (seen.has(file)) return "";
  seen.add(file);
  const text = stepFile(file);
  const imported = [...text.matchAll(/^import \{[^}]*\} from "(\.[^"]+)";/gm)].map(([, path = ""]) =>
    normalize(join(dirname(file), path)),
  );
  const ours = imported.filter((path) => !path.startsWith(".."));
  return [text, ...ours.map((path) => textWithImports(path, seen))].join("\n");
}

function wordsOf(union: string): readonly string[] {
  return [...union.matchAll(/"(\w+)"/g)].map(([, word = ""]) => word).toSorted();
}
