import { setTimeout as sleep } from "node:timers/promises";
import { commandEnvironment } from "../../config/secrets/command-environment.ts";
import type { Config, Target } from "../../config/config.ts";
import type { TargetState } from "../../domain/target-state.ts";
import type { Host } from "../../host/host.ts";
import { managedOf } from "../../service-managers/index.ts";
import { lenderNow } from "./lender-now.ts";
import type { Store } from "../../store/store.ts";
import { findDrift } from "../../sweep/find-drift.ts";
import type { Lender } from "../../sweep/find-drift.ts";

/** A service manager that does not answer must not keep a person waiting. */
const HOST_MS = 3_000;

/** The state of a target, and the parts of its host that could not be examined just now. */
export interface Looked extends TargetState {
  /** `""` if everything could be examined. */
  readonly unknown: string;
  /** The target whose code this one runs (`code_from`), and what that one runs; undefined for a target with code of its own. */
  readonly code?: Lender;
}

/** The state of a target, with the present differences of the host if it answers soon, else with those that the daemon saw last. */
export async function lookAtHost(
  target: Target,
  row: TargetState,
  { host, config, store }: { readonly host: Host; readonly config: Config; readonly store: Pick<Store, "targets"> },
): Promise<Looked> {
  const lender = await lenderNow(target, store);
  const code = lender === undefined ? {} : { code: lender };
  if (row.revision === undefined || row.running !== undefined) return { ...row, ...code, unknown: "" };
  const managed = managedOf(target.settings, host, commandEnvironment(config, target));
  const recorded = { revision: row.revision, release: row.releasePath, lender };
  const late = new AbortController();
  const seen = await Promise.race([
    findDrift(target, recorded, host, managed),
    sleep(HOST_MS, undefined, { signal: late.signal, ref: false }).catch(() => undefined),
  ]);
  late.abort();
  if (seen === undefined) return { ...row, ...code, unknown: `it did not answer within ${HOST_MS / 1000} s` };
  const { differs, unknown } = seen;
  return {
    ...row,
    ...code,
    drift: differs.join("; "),
    driftCheckedAt: new Date().toISOString(),
    unknown: unknown.join("; "),
  };
}
