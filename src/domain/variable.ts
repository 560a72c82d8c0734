import { UsageError } from "./errors.ts";
import type { TargetKey } from "./fraise.ts";
import { targetName } from "./fraise.ts";

/** More than any key or certificate has. A program's whole environment is bounded by the kernel, so one value must be too. */
const MAX_VALUE_BYTES = 32 * 1024;
const MAX_NAME_LENGTH = 255;

/** @throws UsageError when it cannot be the name of a variable of a target. */
export function checkVariableName(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name.length > MAX_NAME_LENGTH) {
    throw new UsageError(`${JSON.stringify(name.slice(0, 80))} cannot be the name of a variable`, {
      hint: `Letters, digits and _, not starting with a digit, at most ${MAX_NAME_LENGTH}: DATABASE_URL.`,
    });
  }
  if (name.startsWith("FRAISIER_")) {
    throw new UsageError(`${name}: names that start with FRAISIER_ are fraisier's own`, { hint: "Choose another." });
  }
}

/** @throws UsageError that names the variable and never quotes its value. */
export function checkVariable(name: string, value: string): void {
  checkVariableName(name);
  if (value.includes("\0")) {
    throw new UsageError(`the value of ${name} has a NUL character, which no environment can hold`, {
      hint: "Is it a binary file? Encode it: base64 -w0 FILE | fraisier env set …",
    });
  }
  if (!value.isWellFormed()) throw new UsageError(`the value of ${name} is not Unicode text`);
  const bytes = new TextEncoder().encode(value).length;
  if (bytes > MAX_VALUE_BYTES) {
    throw new UsageError(`the value of ${name} has ${bytes} bytes; ${MAX_VALUE_BYTES} are possible`, {
      hint: "Put it into a file of its own, and its path into the variable.",
    });
  }
}

/** The command that sets it: `fraisier env set api/production DATABASE_URL`. */
export function setCommand(target: TargetKey, name: string): string {
  return `fraisier env set ${targetName(target)} ${name}`;
}
