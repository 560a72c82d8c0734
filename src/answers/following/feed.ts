import type { TargetKey } from "../../domain/fraise.ts";
import type { LogQuestion } from "../deployments/answer-log.ts";
import type { DeploymentDocument } from "../schemas/deployment-document.ts";
import type { LogDocument } from "../schemas/log-document.ts";
import type { TargetStatistics } from "../schemas/statistics-document.ts";
import type { StatusDocument } from "../schemas/status-document.ts";

/** A thing that somebody wants to hear of: a deployment, with its log or without, or targets. */
export type Watched =
  | { readonly deployment: string; readonly withLog: boolean }
  | { readonly targets: Partial<TargetKey> };

/** The documents that commands read again and again while something happens. The store is one source of them (store-feed.ts). */
export interface Feed {
  /** Undefined if there is no such deployment. */
  deployment(id: string): Promise<DeploymentDocument | undefined>;
  /** Undefined if there is no such deployment. */
  log(question: LogQuestion): Promise<LogDocument | undefined>;
  /** The state of some targets, as it is on record: the host is not asked. */
  status(targets: Partial<TargetKey>): Promise<StatusDocument>;
  /** How deployments of one target fared; undefined if none has ended in the last days. */
  statistics(target: TargetKey): Promise<TargetStatistics | undefined>;
  /** Resolves when documents about something may have changed: after a while at the latest, and at once when the signal aborts. Never rejects. */
  news(about: Watched, signal?: AbortSignal): Promise<void>;
}
