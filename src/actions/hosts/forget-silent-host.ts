import { answerHosts } from "../../answers/hosts/answer-hosts.ts";
import { targetName } from "../../domain/fraise.ts";
import { HostUnavailable } from "../../domain/errors.ts";
import type { Finding } from "../acting.ts";
import { unknownHost } from "./unknown-host.ts";

interface Forgotten {
  readonly host: string;
  /** Deployments that are recorded as running there: only a daemon of that name ends them. */
  readonly runs: readonly { readonly id: string; readonly target: string }[];
}

/** Removes a silent host from the record. @throws UsageError for a name that no host has; HostUnavailable if its daemon lives. */
export async function forgetSilentHost(parts: Finding, host: string, by: string): Promise<Forgotten> {
  const { store } = parts;
  const found = (await answerHosts(parts)).hosts.find(({ name }) => name === host);
  if (found === undefined) throw await unknownHost(store, host);
  const seenAt = (await store.hosts.all()).find(({ name }) => name === host)?.seenAt;
  const isForgotten = found.state === "silent" && (await store.hosts.forget(host, { by, seenAt }));
  if (!isForgotten)
    throw new HostUnavailable(`${host} is not silent: its daemon lives, and would make the host known again`, {
      hint: `Stop it there (sudo systemctl stop fraisier), and wait half a minute. fraisier hosts drain ${host} has it start nothing more.`,
    });
  return { host, runs: found.runs.map((run) => ({ id: run.id, target: targetName(run) })) };
}
