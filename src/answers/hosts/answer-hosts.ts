import { SILENT_HOST_MS } from "../../domain/known-host.ts";
import type { KnownHost } from "../../domain/known-host.ts";
import type { TargetState } from "../../domain/target-state.ts";
import { hostLoad } from "../../host/host-load.ts";
import { isAlive } from "../../host/process-identity.ts";
import type { Store } from "../../store/store.ts";
import { isOutdated } from "../daemon/living-daemon.ts";
import type { HostRow, HostsDocument } from "../schemas/hosts-document.ts";
import type { Sources } from "../sources.ts";
import type { Within } from "../within.ts";
import { onlyWithin } from "../within.ts";
import { differencesOf } from "./differences-of.ts";
import { watchedFolders } from "./watched-folders.ts";

/** The hosts that share the store, and what runs there as far as the asker may know. */
export async function answerHosts(sources: Sources, within?: Within): Promise<HostsDocument> {
  const { config, store } = sources;
  const known = await store.hosts.all();
  const targets = onlyWithin(await store.targets.status(), within);
  const signs = await signsOf(sources, known);
  const leader = store.onServer === undefined ? undefined : await store.hosts.leader();
  const hosts = known.map((host) => {
    const { state, ...seen } = seenOf(signs.get(host.name));
    return {
      name: host.name,
      labels: host.labels,
      state,
      is_here: host.name === config.server.name,
      ...daemonOf(host, store),
      ...seen,
      drained: host.drained ?? null,
      leads: state === "alive" && (store.onServer === undefined || leader?.host === host.name),
      runs: runsOn(host, targets).map((each) => ({ ...each, is_known: state === "alive" })),
    };
  });
  return { version: 1, hosts, differences: differencesOf(hosts) };
}

type DaemonOfHost = Pick<
  HostRow,
  "version" | "outdated" | "machine" | "pid" | "listen" | "started_at" | "config_digest"
>;

function daemonOf({ daemon }: KnownHost, store: Pick<Store, "knownVersion">): DaemonOfHost {
  if (daemon === undefined)
    return {
      version: null,
      outdated: false,
      machine: null,
      pid: null,
      listen: null,
      started_at: null,
      config_digest: null,
    };
  const { version, host: machine, pid, listen, startedAt, configDigest } = daemon;
  const outdated = isOutdated(daemon, store);
  return { version, outdated, machine, pid, listen, started_at: startedAt, config_digest: configDigest };
}

type SeenOfHost = Pick<HostRow, "state" | "last_sign" | "silent_seconds" | "load_percent" | "free_bytes">;

function seenOf(sign: Sign | undefined): SeenOfHost {
  const { at, silentMs, loadPercent, freeBytes } = sign ?? {};
  return {
    state: silentMs === undefined || silentMs > SILENT_HOST_MS ? "silent" : "alive",
    last_sign: at ?? null,
    silent_seconds: silentMs === undefined ? null : Math.round(silentMs / 1_000),
    load_percent: loadPercent ?? null,
    free_bytes: freeBytes ?? null,
  };
}

interface Sign extends Partial<Pick<KnownHost, "loadPercent" | "freeBytes">> {
  readonly at: string | undefined;
  /** Undefined if there never was a sign. */
  readonly silentMs: number | undefined;
}

/** The last sign of life of each host. The daemon of a store in a file gives none: its process is looked at. */
async function signsOf({ config, store }: Sources, known: readonly KnownHost[]): Promise<ReadonlyMap<string, Sign>> {
  const now = await store.onServer?.time();
  if (now !== undefined)
    return new Map(
      known.map(({ name, seenAt: at, loadPercent, freeBytes }) => {
        const silentMs = at === undefined ? undefined : Math.max(0, Date.parse(now) - Date.parse(at));
        return [name, { at, silentMs, loadPercent, freeBytes }];
      }),
    );
  const load = known.length === 0 ? {} : await hostLoad(watchedFolders(config));
  return new Map(
    known.flatMap(({ name, daemon }): [string, Sign][] =>
      daemon !== undefined && isAlive(daemon) === true
        ? [[name, { at: new Date().toISOString(), silentMs: 0, ...load }]]
        : [],
    ),
  );
}

/** The deployments that run on a host. In a store in a file, targets belong to the only host. */
function runsOn({ name }: KnownHost, targets: readonly TargetState[]) {
  return targets.flatMap(({ host, fraise, environment, job, running }) =>
    running !== undefined && (host === name || host === "") ? [{ fraise, environment, job, id: running.id }] : [],
  );
}
