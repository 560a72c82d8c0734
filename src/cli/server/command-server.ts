import type { LockOptions } from "../../actions/targets/lock-key.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import type { Feed } from "../../answers/following/feed.ts";
import type { Cancelled, Locked, Replayed, Resumed, Unlocked } from "../../answers/schemas/act-documents.ts";
import type { DeliveriesDocument } from "../../answers/schemas/deliveries-document.ts";
import type { HistoryDocument } from "../../answers/schemas/history-document.ts";
import type { HostsDocument } from "../../answers/schemas/hosts-document.ts";
import type { LocksDocument } from "../../answers/schemas/locks-document.ts";
import type { StatisticsDocument } from "../../answers/schemas/statistics-document.ts";
import type { StatusDocument } from "../../answers/schemas/status-document.ts";
import type { TargetDocument } from "../../answers/schemas/target-document.ts";
import type { StoryDocument } from "../../answers/schemas/story-document.ts";
import type { DeploymentStatus } from "../../domain/deployment.ts";
import type { RowTaker } from "./status-in-rows.ts";

/** The words of a command line that name a target or another thing, and the options that belong to them. */
export interface Words {
  readonly args: readonly string[];
  readonly options: TargetOptions;
}

export interface HistoryPage {
  readonly status?: DeploymentStatus | undefined;
  readonly before?: string | undefined;
  /** Only deployments that were queued on this day (`2026-11-01`, in UTC) or later. */
  readonly since?: string | undefined;
  readonly limit: number;
}

export interface DeliveriesPage {
  readonly decision?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** The fraisier that a command asks: the store of this machine (local-server.ts), or a daemon by its HTTP API (http-server.ts). Each verb throws UsageError for names that it does not know. */
export interface CommandServer {
  /** The fraises.yaml of this command; undefined for a daemon that has its own. */
  readonly file: string | undefined;
  /** The documents of deployments, for commands that follow one. */
  readonly feed: Feed;
  /** @param takeRows gets the targets one by one if they take long */
  status(words: Words, takeRows?: RowTaker): Promise<StatusDocument>;
  /** Everything that is in force for the target that the words name. */
  target(words: Words): Promise<TargetDocument>;
  history(words: Words, page: HistoryPage): Promise<HistoryDocument>;
  statistics(words: Words, days: number): Promise<StatisticsDocument>;
  deliveries(page: DeliveriesPage): Promise<DeliveriesDocument>;
  locks(): Promise<LocksDocument>;
  hosts(): Promise<HostsDocument>;
  why(words: Words): Promise<StoryDocument>;
  /** The id of the deployment that the words mean: an id, the beginning of one, `last`, or a target, whose newest one it is. */
  deploymentNamed(words: Words): Promise<string>;
  cancel(typed: string): Promise<Cancelled>;
  lock(words: readonly string[], options: LockOptions): Promise<Locked>;
  unlock(words: readonly string[], options: LockOptions): Promise<Unlocked>;
  resume(words: Words, reason: string): Promise<Resumed>;
  replay(delivery: string | undefined): Promise<Replayed>;
}
