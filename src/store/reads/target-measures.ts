import { sql } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

/** The state of one target, for monitors. */
export interface TargetMeasures extends TargetKey {
  readonly isRunning: boolean;
  readonly isStuck: boolean;
  readonly isOnHold: boolean;
  readonly isDrifted: boolean;
  /** Since when a deployment waits, as ISO-8601 text in UTC; null if no deployment waits. */
  readonly waitingSince: string | null;
  /** When the newest deployment that succeeded ended. */
  readonly lastSuccess: string | null;
  /** When the newest deployment was queued that was neither skipped nor cancelled. */
  readonly lastWanted: string | null;
}

interface Row extends TargetKey, Pick<TargetMeasures, "waitingSince" | "lastSuccess" | "lastWanted"> {
  readonly running: 0 | 1;
  readonly stuck: 0 | 1;
  readonly held: 0 | 1;
  readonly drifted: 0 | 1;
}

/** The answer has a row for each target of which there is a record. Each of its parts is one step in an index, however long the history. */
export async function targetMeasures({ db }: StoreContext): Promise<readonly TargetMeasures[]> {
  const { rows } = await sql<Row>`
    select s.fraise, s.environment, s.job,
           r.id is not null as running, r.stuck_since is not null as stuck,
           s.hold_reason is not null as held, s.drift <> '' as drifted, w.queued_at as "waitingSince",
           (select finished_at from tb_deployment x
            where x.fraise = s.fraise and x.environment = s.environment and x.job = s.job and x.status = 'succeeded'
            order by x.id desc limit 1) as "lastSuccess",
           (select queued_at from (select queued_at, status from tb_deployment x
                                   where x.fraise = s.fraise and x.environment = s.environment and x.job = s.job
                                   order by x.id desc limit 100) as newest
            where status not in ('skipped', 'cancelled') limit 1) as "lastWanted"
    from tb_fraise_state s
    left join tb_deployment r
      on r.fraise = s.fraise and r.environment = s.environment and r.job = s.job and r.host = s.host and r.status in ('running', 'rolling_back')
    left join tb_deployment w
      on w.fraise = s.fraise and w.environment = s.environment and w.job = s.job and w.host = s.host and w.status = 'queued'`.execute(
    db,
  );
  return rows.map(({ running, stuck, held, drifted, ...rest }) => ({
    ...rest,
    isRunning: running === 1,
    isStuck: stuck === 1,
    isOnHold: held === 1,
    isDrifted: drifted === 1,
  }));
}
