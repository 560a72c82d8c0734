import { UsageError } from "../../domain/errors.ts";
import { backup } from "./store/backup.ts";
import { check } from "./store/check.ts";
import { keygen } from "./store/keygen.ts";
import { restore } from "./store/restore.ts";
import type { StoreInvocation } from "../archives/store-command.ts";
import { verify } from "./store/verify.ts";

const VERBS: Readonly<Record<string, (invocation: StoreInvocation) => Promise<number>>> = {
  backup,
  restore,
  verify,
  check,
  keygen,
};

/** `fraisier store <verb> [file]`. */
export async function run(invocation: StoreInvocation): Promise<number> {
  const [verb = ""] = invocation.args;
  const act = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (act === undefined)
    throw new UsageError(`store knows no "${verb}"`, { hint: `It knows ${Object.keys(VERBS).join(", ")}.` });
  return await act(invocation);
}
