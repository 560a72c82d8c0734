import { verifyActive } from "../../compose/verify-active.ts";
import { short } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import { worstOf } from "../../domain/verification.ts";
import type { Invocation } from "../command-entry.ts";
import { abortOnInterrupt } from "../deployments/interrupt.ts";
import { EXIT } from "../exit-codes.ts";
import { checkStyle, checkTable } from "../print/check-table.ts";
import type { Print } from "../print/print.ts";
import { withTarget } from "../targets/with-target.ts";

interface Options {
  readonly job?: string;
}

type Verified = Awaited<ReturnType<typeof verifyActive>>;

export async function run(invocation: Invocation<Options>): Promise<number> {
  using interruption = abortOnInterrupt();
  const { signal } = interruption;
  try {
    return await withTarget(invocation, async ({ app, target, print }) => {
      const verified = await verifyActive(app, target, signal);
      const status = worstOf(verified.results.map((each) => each.status));
      if (print.isJson) print.json(verificationJson(targetName(target), status, verified));
      else printVerification(targetName(target), status, verified, print);
      return status === "failed" ? EXIT.failed : EXIT.ok;
    });
  } catch (error) {
    // The processes of the checks were ended; nothing is recorded.
    if (signal.aborted) return EXIT.interrupted;
    throw error;
  }
}

function verificationJson(target: string, status: ReturnType<typeof worstOf>, verified: Verified) {
  const { revision, results, isRecorded } = verified;
  const checks = results.map(({ type, name, status: own, seen, durationMs, at }) => ({
    type,
    name,
    status: own,
    seen,
    duration_ms: durationMs,
    at,
  }));
  return { target, revision, status, recorded: isRecorded, checks };
}

function printVerification(
  target: string,
  status: ReturnType<typeof worstOf>,
  { revision, results, isRecorded }: Verified,
  print: Print,
): void {
  checkTable(print, results);
  print.line(`${target} at ${short(revision)}: ${checkStyle(print, status)}`);
  if (!isRecorded)
    print.line(
      "not recorded: something was being deployed meanwhile, or the code of another target is read at another revision; fraisier status shows what runs",
    );
}
