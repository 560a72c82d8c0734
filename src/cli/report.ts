import { ConfigError, FraisierError, PermissionDenied } from "../domain/errors.ts";
import { isDenied } from "../domain/is-denied.ts";
import { EXIT } from "./exit-codes.ts";
import { harmlessJson, harmlessLines } from "../domain/harmless.ts";

/** Prints on standard error what happened and what to do. Returns the exit code. */
export function report(thrown: unknown, asJson: boolean): number {
  const error = explained(thrown);
  if (!(error instanceof FraisierError)) return reportBug(error, asJson);
  const { code, message, exitCode } = error;
  const hint = error.hint ?? (error instanceof PermissionDenied ? otherUser() : undefined);
  const problems = error instanceof ConfigError ? error.problems : undefined;
  if (asJson) {
    write(`${harmlessJson(JSON.stringify({ error: { code, message, hint, problems } }))}\n`);
    return exitCode;
  }
  for (const { file, line, column, message: problem, severity } of problems ?? []) {
    write(`${file}:${line}:${column}: ${severity === "warning" ? "warning: " : ""}${problem}\n`);
  }
  write(`fraisier: ${message}\n${hint === undefined ? "" : `hint: ${hint}\n`}`);
  return exitCode;
}

function reportBug(error: unknown, asJson: boolean): number {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  write(
    asJson
      ? `${harmlessJson(JSON.stringify({ error: { code: "bug", message: String(error) } }))}\n`
      : `fraisier: a bug: please report it with these lines\n${text}\n`,
  );
  return EXIT.bug;
}

/** A hostile name that an error quotes must not steer the terminal; JSON stays as it is, as its escapes are harmless already. */
function write(text: string): void {
  process.stderr.write(harmlessLines(text, false));
}

/** A thing that this user may not do is not a bug of fraisier, wherever the error appears. */
function explained(error: unknown): unknown {
  if (error instanceof FraisierError || !(error instanceof Error) || !isDenied(error)) return error;
  return new PermissionDenied(`this user may not do that: ${error.message}`, { cause: error });
}

/** Only the command's own name is shown: an argument may be a secret. */
function otherUser(): string {
  const [command = "", ...more] = process.argv.slice(2);
  if (process.getuid?.() === 0)
    return "The service's user may not do that either: give that user leave, or name another file.";
  if (!/^[a-z][a-z-]*$/.test(command)) return "Run it with sudo.";
  return `Run it with sudo: sudo fraisier ${command}${more.length === 0 ? "" : " …"}`;
}
