import type { Target } from "../../config/config.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Host } from "../../host/host.ts";
import type { Store } from "../../store/store.ts";
import type { Sources } from "../sources.ts";
import { lenderNow } from "./lender-now.ts";
import { lookAtHost } from "./look-at-host.ts";
import type { Looked } from "./look-at-host.ts";

/** The state of a target; with what its host shows, if it could be looked at. */
export type TargetRow = Awaited<ReturnType<Store["targets"]["status"]>>[number] & Partial<Looked>;

/** A target of fraises.yaml, of the record, or of both. */
export interface KnownTarget {
  readonly name: string;
  readonly key: TargetKey;
  /** Undefined if nothing was ever deployed. */
  readonly row: TargetRow | undefined;
  /** Undefined if fraises.yaml no longer has it. */
  readonly target: Target | undefined;
}

/** Services that do not answer, one after the other, must not keep a person waiting: the targets behind them show what the daemon saw last. */
const LOOKS_MS = 60_000;

/** Every target that a filter lets through, by name, as it is on record. */
export async function knownTargets(
  { config, store }: Sources,
  filter: Partial<TargetKey>,
): Promise<readonly KnownTarget[]> {
  // The state on this host comes first.
  const rows = new Map<string, TargetRow>();
  for (const row of await store.targets.status(filter)) if (!rows.has(targetName(row))) rows.set(targetName(row), row);
  const configured = new Map(
    config.targets.filter((each) => isWanted(each, filter)).map((target) => [targetName(target), target]),
  );
  const names = [...new Set([...rows.keys(), ...configured.keys()])].toSorted();
  return names.flatMap((name) => {
    const [row, target] = [rows.get(name), configured.get(name)];
    const key = target ?? row;
    return key === undefined ? [] : [{ name, key, row, target }];
  });
}

/** Gives the state of one target after the other: on the host, if there is a host to ask, as long as the looks have not taken a minute together. */
export function createLook(
  sources: Sources & { readonly host: Host | undefined },
): (known: KnownTarget) => Promise<TargetRow | undefined> {
  const untilMs = performance.now() + LOOKS_MS;
  return async ({ row, target }) =>
    row === undefined || target === undefined ? row : await look(sources, target, row, untilMs);
}

async function look(
  { host, ...sources }: Sources & { readonly host: Host | undefined },
  target: Target,
  row: TargetRow,
  untilMs: number,
): Promise<TargetRow> {
  const isLate = performance.now() > untilMs;
  // Only the host of a target can be compared with its record: the daemon there does it.
  if (row.host !== sources.store.host) return row;
  if (host !== undefined && !isLate) return await lookAtHost(target, row, { ...sources, host });
  const code = await lenderNow(target, sources.store);
  const unknown = host !== undefined && isLate ? { unknown: "the targets before it took too long to answer" } : {};
  return { ...row, ...(code === undefined ? {} : { code }), ...unknown };
}

export function isWanted(target: TargetKey, filter: Partial<TargetKey>): boolean {
  return (["fraise", "environment", "job"] as const).every((part) => (filter[part] ?? target[part]) === target[part]);
}
