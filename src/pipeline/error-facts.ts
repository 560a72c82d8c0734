import { keepStart } from "../domain/cut.ts";

/** Stacks of causes behind causes are long, and their first lines tell most. */
const MOST_CHARACTERS = 8_000;

/** An error as the metadata of a phase holds it, with its stack and those of its causes. Secrets are taken out before anything is cut. */
export function errorFacts(error: unknown, redact: (text: string) => string): Record<string, string> {
  if (!(error instanceof Error)) return { error: redact(String(error)) };
  return {
    error: redact(error.message),
    error_name: error.name,
    error_stack: keepStart(redact(stackOf(error)), MOST_CHARACTERS),
  };
}

function stackOf(error: Error): string {
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${stack}\ncaused by ${stackOf(error.cause)}` : stack;
}
