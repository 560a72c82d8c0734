import { ConfigError, FraisierError } from "../domain/errors.ts";
import { EXIT } from "./exit-codes.ts";

/** On standard error: what happened, and what to do. Gives the exit code. */
export function report(error: unknown, asJson: boolean): number {
  if (!(error instanceof FraisierError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      asJson
        ? `${JSON.stringify({ error: { code: "bug", message: String(error) } })}\n`
        : `fraisier: a bug: please report it with these lines\n${text}\n`,
    );
    return EXIT.bug;
  }
  const { code, message, hint, exitCode } = error;
  const problems = error instanceof ConfigError ? error.problems : undefined;
  if (asJson) {
    process.stderr.write(`${JSON.stringify({ error: { code, message, hint, problems } })}\n`);
    return exitCode;
  }
  for (const { file, line, column, message: problem, severity } of problems ?? []) {
    process.stderr.write(`${file}:${line}:${column}: ${severity === "warning" ? "warning: " : ""}${problem}\n`);
  }
  process.stderr.write(`fraisier: ${message}\n${hint === undefined ? "" : `hint: ${hint}\n`}`);
  return exitCode;
}
