import type { Bind } from "../bind.ts";
import { badDeployments } from "../reads/bad-deployments.ts";
import { deploymentCounts } from "../reads/deployment-counts.ts";
import { deploymentDetail } from "../reads/deployment-detail.ts";
import { deploymentHistory } from "../reads/deployment-history.ts";
import { deploymentSummary } from "../reads/deployment-summary.ts";
import { deploymentOutput } from "../reads/deployment-output.ts";
import { endedDeployments } from "../reads/ended-deployments.ts";
import { findDeployment } from "../reads/find-deployment.ts";
import { findRevision } from "../reads/find-revision.ts";
import { frozenSettings } from "../reads/frozen-settings.ts";
import { lastOfRef } from "../reads/last-of-ref.ts";
import { newestOutput } from "../reads/newest-output.ts";
import { logPage } from "../reads/log-page.ts";
import { newestSuccesses } from "../reads/newest-successes.ts";
import { phaseDurations } from "../reads/phase-durations.ts";
import { recordedDeployments } from "../reads/recorded-deployments.ts";
import { rollbacksOf } from "../reads/rollbacks-of.ts";
import { waitsOf } from "../reads/waits-of.ts";
import { appendOutput } from "../writes/append-output.ts";
import { beginRollback } from "../writes/begin-rollback.ts";
import { enterPhase } from "../writes/enter-phase.ts";
import { journalStep } from "../writes/journal-step.ts";
import { keepSettings } from "../writes/keep-settings.ts";
import { peelRevision } from "../writes/peel-revision.ts";
import { recordMessage } from "../writes/record-message.ts";
import { settleDeployment } from "../writes/settle-deployment.ts";

/** Deployments: what their runners write down, and the questions about them. */
export function storeDeployments(bind: Bind) {
  return {
    keepSettings: bind(keepSettings),
    frozenSettings: bind(frozenSettings),
    enterPhase: bind(enterPhase),
    journalStep: bind(journalStep),
    appendOutput: bind(appendOutput),
    peelRevision: bind(peelRevision),
    recordMessage: bind(recordMessage),
    beginRollback: bind(beginRollback),
    settle: bind(settleDeployment),
    history: bind(deploymentHistory),
    detail: bind(deploymentDetail),
    summary: bind(deploymentSummary),
    output: bind(deploymentOutput),
    newestOutput: bind(newestOutput),
    logPage: bind(logPage),
    counts: bind(deploymentCounts),
    ended: bind(endedDeployments),
    phaseDurations: bind(phaseDurations),
    find: bind(findDeployment),
    findRevision: bind(findRevision),
    recorded: bind(recordedDeployments),
    bad: bind(badDeployments),
    newestSuccesses: bind(newestSuccesses),
    lastOfRef: bind(lastOfRef),
    rollbacks: bind(rollbacksOf),
    waits: bind(waitsOf),
  };
}
