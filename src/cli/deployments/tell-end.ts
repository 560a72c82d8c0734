import type { Feed } from "../../answers/following/feed.ts";
import { wholeLog } from "../../answers/following/whole-log.ts";
import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { short } from "../../domain/decision.ts";
import { isOutcome } from "../../domain/deployment.ts";
import { harmless } from "../../domain/harmless.ts";
import { EXIT } from "../exit-codes.ts";
import { outcomeStyle } from "../print/outcome-style.ts";
import type { Print } from "../print/print.ts";
import { tookInWords } from "../../domain/time-words.ts";
import { printLines } from "./print-log.ts";

/** So many lines of the step that failed are shown. */
const LAST_LINES = 20;

export interface EndOptions {
  /** The address at which the target answers. */
  readonly address?: string | undefined;
  /** Whether the person has seen the whole output already. */
  readonly hasSeenLog: boolean;
}

/** Says how a deployment ended, why, what runs now, and what to do about it. Returns the exit code. */
export async function tellEnd(feed: Feed, id: string, print: Print, options: EndOptions): Promise<number> {
  const document = await feed.deployment(id);
  if (print.isJson) print.json({ deployment: id, ...endJson(document) });
  else if (document !== undefined) await printEnd(feed, document, print, options);
  const status = document?.deployment.status;
  return status === "succeeded" || status === "skipped" ? EXIT.ok : EXIT.failed;
}

function endJson(document: DeploymentDocument | undefined) {
  if (document === undefined) return { reason: "", hint: "", advice: null };
  const { deployment, advice } = document;
  const { status, reason, hint } = deployment;
  return { status: isOutcome(status) ? status : undefined, reason, hint, advice };
}

async function printEnd(feed: Feed, document: DeploymentDocument, print: Print, options: EndOptions): Promise<void> {
  const { deployment, advice } = document;
  const { status, reason } = deployment;
  if (!isOutcome(status)) return;
  const hasSucceeded = status === "succeeded";
  if (!hasSucceeded && !options.hasSeenLog) await printFailedOutput(feed, document, print);
  print.line(`${outcomeStyle(print, status)}${reason === "" ? "" : harmless(`: ${reason}`)}`);
  const took = tookOf(deployment);
  print.facts(
    [
      ["took", took],
      ["revision", revisionOf(deployment)],
      ["address", hasSucceeded ? options.address : undefined],
      ["runs now", hasSucceeded ? undefined : await runsNow(feed, deployment)],
      ["next", advice ?? undefined],
    ].flatMap(([label = "", text]): [string, string][] => (text === undefined ? [] : [[label, harmless(text)]])),
  );
}

/** The last lines of the step that failed. */
async function printFailedOutput(feed: Feed, { deployment, steps }: DeploymentDocument, print: Print): Promise<void> {
  const failed = steps.find(({ error }) => error !== "")?.step;
  if (failed === undefined) return;
  const lines = (await wholeLog(feed, deployment.id))?.lines.filter(({ step }) => step === failed) ?? [];
  if (lines.length === 0) return;
  print.line(print.style("dim", `the last output of ${failed}:`));
  printLines(lines.slice(-LAST_LINES), print);
}

type Row = DeploymentDocument["deployment"];

function tookOf({ started_at: from, finished_at: to }: Row): string | undefined {
  return from === null || to === null ? undefined : tookInWords(Math.max(0, Date.parse(to) - Date.parse(from)));
}

/** `4f2a91c (branch main), Fix the prices`. */
function revisionOf({ revision, ref_kind: kind, ref_name: ref, message }: Row): string {
  const [subject = ""] = message.split("\n");
  return `${short(revision)}${kind === null ? "" : ` (${kind} ${ref})`}${subject === "" ? "" : `, ${subject}`}`;
}

async function runsNow(feed: Feed, { fraise, environment, job }: Row): Promise<string | undefined> {
  const [target] = (await feed.status({ fraise, environment, job })).targets;
  if (target === undefined) return undefined;
  const { revision, active_ref_name: ref, deployment_id: by } = target;
  if (revision === undefined || revision === null) return "nothing that fraisier deployed";
  return `${short(revision)}${typeof ref === "string" ? ` ${ref}` : ""}${typeof by === "string" ? `, live by deployment ${by}` : ""}`;
}
