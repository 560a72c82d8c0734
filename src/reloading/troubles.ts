import type { Config } from "../config/config.ts";
import { isWithoutSecret, missingOfForge, missingOfTraces } from "../config/secrets/secrets.ts";
import type { ConfigProblem } from "../domain/errors.ts";
import { targetName } from "../domain/fraise.ts";
import type { Trouble } from "../domain/trouble.ts";
import type { Gate } from "../domain/wait-reason.ts";
import type { Store } from "../store/store.ts";
import { missingSecretsOf } from "../variables/missing-secrets.ts";

/** The parts of the store that tell what does not work. */
type TroubledStore = Pick<Store, "variables" | "daemons" | "host">;

/** Everything in the configuration that does not work now while the rest does. */
export async function findTroubles(config: Config, store: TroubledStore): Promise<readonly Trouble[]> {
  const troubles: Trouble[] = [];
  for (const [forge, settings] of Object.entries(config.forges)) {
    const about = (message: string): Trouble => ({ kind: "forge", subject: forge, message });
    if (isWithoutSecret(config, forge)) troubles.push(about(refused(forge, `git.${forge} names no secret`)));
    for (const problem of missingOfForge(settings)) troubles.push(about(refused(forge, place(problem))));
    for (const { repository, ...own } of settings.repositories)
      for (const problem of missingOfForge(own))
        troubles.push(about(refused(`${forge} for ${repository}`, place(problem))));
  }
  for (const problem of missingOfTraces(config))
    troubles.push({ kind: "traces", subject: "server.traces", message: `Traces wait: ${place(problem)}.` });
  for (const target of config.targets) {
    for (const problem of await missingSecretsOf(target, store)) {
      const name = targetName(target);
      troubles.push({ kind: "target", subject: name, message: `Deployments of ${name} wait: ${place(problem)}.` });
    }
  }
  return [...troubles, ...(await unknownHosts(config, store))];
}

/** Targets on hosts of which no daemon has ever served the store. */
async function unknownHosts({ targets }: Config, { daemons, host }: TroubledStore): Promise<readonly Trouble[]> {
  if (host === "" || !targets.some(({ hosts }) => hosts !== undefined)) return [];
  const known = await daemons.hosts();
  return targets.flatMap((target): readonly Trouble[] => {
    const { hosts, hosts_at: at } = target;
    if (hosts === undefined || at === undefined || hosts.some((each) => known.includes(each))) return [];
    const [name, message] = [targetName(target), `no daemon of the name ${hosts.join(", ")} has served this store yet`];
    return [{ kind: "target", subject: name, message: `Deployments of ${name} wait: ${place({ ...at, message })}.` }];
  });
}

/** Keys that hold for as long as the daemon runs, if another configuration than the one it started with names other values. */
export function needRestart(started: Config, now: Config): readonly Trouble[] {
  const isMoved = started.server.host !== now.server.host || started.server.port !== now.server.port;
  const [before, after] = [started.server, now.server];
  const hasOtherSockets = before.read_socket !== after.read_socket || before.control_socket !== after.control_socket;
  const isOther = started.store.url.reveal() !== now.store.url.reveal();
  return [
    ...(isMoved ? [restart("server.listen", "the daemon still listens where it did")] : []),
    ...(before.name === after.name ? [] : [restart("server.name", `until then this host is ${before.name}`)]),
    ...(hasOtherSockets
      ? [restart("server.read_socket or server.control_socket", "the daemon keeps its sockets")]
      : []),
    ...(isOther ? [restart("store.url", "until then nothing is deployed")] : []),
  ];
}

/** The reason to wait if fraises.yaml names another store than the daemon's: a runner would look for its deployment in that one. */
export function otherStore(started: Config, now: Config): Gate | undefined {
  const change = needRestart(started, now).find(({ subject }) => subject === "store.url")?.message;
  return change === undefined ? undefined : { kind: "restart", change };
}

/** The missing secret for which the deployments of one target have to wait; undefined if it has all of them. */
export async function targetFault(
  config: Config,
  name: string,
  store: Pick<Store, "variables">,
): Promise<Gate | undefined> {
  const target = config.targets.find((each) => targetName(each) === name);
  const [first] = target === undefined ? [] : await missingSecretsOf(target, store);
  return first === undefined ? undefined : { kind: "secret", missing: place(first) };
}

function refused(forge: string, why: string): string {
  return `Deliveries of ${forge} are answered with 503: ${why}.`;
}

function restart(key: string, meanwhile: string): Trouble {
  return {
    kind: "restart",
    subject: key,
    message: `${key} was changed, which needs a restart (systemctl restart fraisier); ${meanwhile}.`,
  };
}

function place({ file, line, column, message }: ConfigProblem): string {
  return `${file}:${line}:${column} ${message}`;
}
