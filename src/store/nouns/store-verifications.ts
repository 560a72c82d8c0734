import type { Bind } from "../bind.ts";
import { verificationChecks } from "../reads/verification-checks.ts";
import { verificationStatus } from "../reads/verification-status.ts";
import { recordVerification } from "../writes/record-verification.ts";

/** Runs of the checks of targets. */
export function storeVerifications(bind: Bind) {
  return {
    record: bind(recordVerification),
    status: bind(verificationStatus),
    checks: bind(verificationChecks),
  };
}
