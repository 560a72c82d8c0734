import { hostname } from "node:os";
import type { Log } from "../log.ts";
import { programVersion } from "../program-version.ts";
import type { Store } from "../store/store.ts";
import { exportTraces } from "../traces/export-traces.ts";
import type { TraceExport } from "../traces/export-traces.ts";
import type { App } from "./app.ts";
import type { Duties } from "./hold-duties.ts";
import type { SettingsHolder } from "./in-force.ts";

interface TracingParts {
  readonly app: App;
  readonly reader: Store;
  readonly settings: SettingsHolder;
  readonly duties: Pick<Duties, "nouns">;
  readonly log: Log;
}

/** Sends traces by the settings in force, under the name of this installation and machine. */
export function startTracing({ app: { store, host }, reader, settings, duties, log }: TracingParts): TraceExport {
  return exportTraces({
    reader,
    store,
    requests: host.requests,
    settings: () => (duties.nouns() === undefined ? undefined : settings.now().config.server.traces),
    resource: () => ({ service: settings.now().config.name, version: programVersion(), host: hostname() }),
    redact: (text) => settings.now().redact(text),
    log,
  });
}
