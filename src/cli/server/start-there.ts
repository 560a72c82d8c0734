import type { AskedOptions } from "../../actions/deployments/asked-options.ts";
import type { Reasons } from "../../actions/deployments/person-wish.ts";
import { queuedSchema } from "../../answers/schemas/act-documents.ts";
import type { Queued } from "../../answers/schemas/act-documents.ts";
import { planDocumentSchema } from "../../answers/schemas/plan-document.ts";
import { short } from "../../domain/decision.ts";
import { harmless } from "../../domain/harmless.ts";
import { EXIT } from "../exit-codes.ts";
import { printPlan } from "../print/print-plan.ts";
import { followQueued } from "../deployments/follow-queued.ts";
import type { Print } from "../print/print.ts";
import type { ApiClient } from "./api-client.ts";
import type { Need } from "./with-server.ts";

interface StartOptions {
  readonly wait: boolean;
  /** Whether the whole output is shown, in place of the phases. */
  readonly log?: boolean;
  readonly dryRun?: boolean;
  readonly print: Print;
}

/** The verbs of the API that say what another verb would do. */
const PLANS = { deploy: "plan", promote: "plan-promotion", rollback: "plan-rollback" } as const;

/** A dry run only looks. */
export function needOf({ dryRun }: { readonly dryRun?: boolean }): Need {
  return dryRun === true ? "look" : "act";
}

/** Has a daemon queue a deployment, and follows it if that is wanted. Prints as startDeployment does, and gives the same exit codes. */
export async function startThere(
  client: ApiClient,
  verb: "deploy" | "promote" | "rollback",
  wish: Readonly<Record<string, unknown>>,
  { wait, log = false, dryRun, print }: StartOptions,
): Promise<number> {
  if (dryRun === true) {
    const { reason: _reason, override: _override, ...planned } = wish;
    printPlan(await client.ask(PLANS[verb], planned, planDocumentSchema), print);
    return EXIT.ok;
  }
  const queued = await client.post(verb, wish, queuedSchema);
  const { deployment, decision } = queued;
  if (!print.isJson) for (const line of linesOf(verb, queued)) print.line(harmless(line));
  const end = { address: queued.address ?? undefined, hasSeenLog: log };
  const { httpFeed } = await import("./http-feed.ts");
  return await followQueued(httpFeed(client), { deployment, decision }, print, { ...end, wait });
}

function linesOf(verb: string, queued: Queued): readonly string[] {
  const { target, revision, deployment, decision, reason, returns_to: back, notes = [] } = queued;
  const where = back === null || back === undefined ? "" : `, as deployment ${back} left it`;
  return [
    ...notes,
    ...(verb === "rollback" ? [`back to ${short(revision)}${where}`] : []),
    decision === "queued" ? `deployment ${deployment}: ${target} at ${short(revision)}` : reason,
  ];
}

/** The options of `deploy` and `promote` as documents of the API have them. */
export function submitWish(options: AskedOptions & Reasons): Readonly<Record<string, unknown>> {
  const { group, skipGroup, continueOnFailure, healthCheck, skipValidation, reason, override } = options;
  return {
    groups: group,
    skip_groups: skipGroup,
    continue_on_failure: continueOnFailure,
    health_check: healthCheck,
    skip_validation: skipValidation,
    reason,
    override,
  };
}
