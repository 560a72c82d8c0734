import { verificationDocumentSchema } from "../../answers/schemas/verification-document.ts";
import type { VerificationDocument } from "../../answers/schemas/verification-document.ts";
import { verificationDocument } from "../../compose/verify-active.ts";
import { short } from "../../domain/decision.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Invocation } from "../command-entry.ts";
import { abortOnInterrupt } from "../deployments/interrupt.ts";
import { EXIT } from "../exit-codes.ts";
import { checkStyle, checkTable } from "../print/check-table.ts";
import type { Print } from "../print/print.ts";
import { wordFor } from "../server/word-for.ts";
import { withTargetThere } from "../targets/with-target.ts";

interface Options {
  readonly job?: string;
}

export async function run(invocation: Invocation<Options>): Promise<number> {
  const { args, options, print } = invocation;
  using interruption = abortOnInterrupt();
  const { signal } = interruption;
  try {
    const verified = await withTargetThere(invocation, "act", {
      here: async ({ app, target }) => await verificationDocument(app, target, signal),
      there: async (client) =>
        await client.ask("verify", { target: wordFor(args, options) }, verificationDocumentSchema, signal),
    });
    if (print.isJson) print.json(verified);
    else printVerification(verified, print);
    return verified.status === "failed" ? EXIT.failed : EXIT.ok;
  } catch (error) {
    // The processes of the checks were ended; nothing is recorded.
    if (signal.aborted) return EXIT.interrupted;
    throw error;
  }
}

function printVerification({ target, revision, status, recorded, checks }: VerificationDocument, print: Print): void {
  checkTable(
    print,
    checks.map(({ duration_ms: durationMs, ...each }) => ({ ...each, durationMs })),
  );
  print.line(`${harmless(target)} at ${short(revision)}: ${checkStyle(print, status)}`);
  if (!recorded)
    print.line(
      "not recorded: something was being deployed meanwhile, or the code of another target is read at another revision; fraisier status shows what runs",
    );
}
