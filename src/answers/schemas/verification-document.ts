import { z } from "zod";
import type { CheckStatus } from "../../domain/verification.ts";
import type { Described } from "./described.ts";
import { milliseconds, revision, time, version } from "./common-fields.ts";

const checkStatus = z.enum(["passed", "warned", "failed"] satisfies CheckStatus[]);

/** `fraisier verify --json`. */
export const verificationDocumentSchema = z
  .strictObject({
    version,
    target: z.string().describe("The name of the target: shop/production."),
    revision: revision.describe("The revision that runs there."),
    status: checkStatus.describe("The status of the worst check."),
    recorded: z
      .boolean()
      .describe("False if something was being deployed meanwhile, or code is borrowed at another revision."),
    checks: z.array(
      z.strictObject({
        type: z.string(),
        name: z.string(),
        status: checkStatus,
        seen: z.string().describe("The observation, in a sentence."),
        duration_ms: milliseconds,
        at: time,
      }),
    ),
  })
  .meta({ id: "Verification", description: "The checks of a target against what runs: `fraisier verify --json`." });

export type VerificationDocument = Described<typeof verificationDocumentSchema>;
