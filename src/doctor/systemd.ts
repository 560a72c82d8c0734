import { existsSync } from "node:fs";
import { messageOf } from "../domain/message-of.ts";
import { isAlive } from "../host/process-identity.ts";
import type { Answer } from "../host/requests.ts";
import { managerOf } from "../service-managers/systemctl.ts";
import { failed, fine, skipped, warned } from "./diagnosis.ts";
import type { Examination, Finding, Patient } from "./diagnosis.ts";
import { listenUrl } from "./listen-url.ts";

const SERVICE = "fraisier.service";
const TEMPLATE = "fraisier-deploy@.service";
/** The first one whose units take credentials. */
const OLDEST = 247;

/** systemd, the daemon's unit, the program that answers there, and the template of deployments. */
export const systemd: Examination = {
  name: "systemd",
  async examine(patient, signal) {
    if (!existsSync("/run/systemd/system"))
      return [
        warned(
          "systemd",
          "systemd does not run here: the daemon starts deployments as detached processes",
          "Keep fraisier serve running by another service manager, and use service.manager: command in fraises.yaml.",
        ),
        await answering(patient, signal),
      ];
    const { processes } = patient.host;
    const { stdout } = await processes.run(["systemctl", "--version"], { env: patient.env, timeoutMs: 5_000, signal });
    const [service, template] = await Promise.all([
      shown(SERVICE, patient, signal),
      shown(TEMPLATE.replace("@", "@doctor"), patient, signal),
    ]);
    return [
      versionOf(stdout),
      ...serviceState(service),
      templateState(template["LoadState"], patient),
      await answering(patient, signal),
    ];
  },
};

/** Pure: what the first line of `systemctl --version` means. */
export function versionOf(answer: string): Finding {
  const version = Number(/^systemd (\d+)/.exec(answer)?.[1] ?? 0);
  if (version >= OLDEST) return fine("systemd", `systemd ${version}`);
  return warned(
    "systemd",
    `systemd ${version} is older than ${OLDEST}: its units take no credentials`,
    "Upgrade the system, or keep the key in the state folder.",
  );
}

/** Pure: what `systemctl show fraisier.service` means. */
export function serviceState(unit: Readonly<Record<string, string>>): readonly Finding[] {
  const check = `unit ${SERVICE}`;
  const { LoadState: load = "", ActiveState: active = "", SubState: sub = "", UnitFileState: file = "" } = unit;
  if (load === "not-found")
    return [
      warned(
        check,
        "the unit is not installed: nothing starts the daemon",
        "Install fraisier's package, or the units of systemd/README.md.",
      ),
    ];
  if (load === "masked")
    return [failed(check, "the unit is masked: it cannot start", `sudo systemctl unmask ${SERVICE}`)];
  if (active !== "active" && active !== "reloading")
    return [
      failed(
        check,
        `the unit is ${active} (${sub})`,
        `sudo systemctl start ${SERVICE}; journalctl -u ${SERVICE} -n 20 says why it ended.`,
      ),
    ];
  if (file === "disabled")
    return [
      warned(check, "the unit is active, and does not start with the machine", `sudo systemctl enable ${SERVICE}`),
    ];
  return [fine(check, `the unit is ${active} (${sub})`)];
}

function templateState(load: string | undefined, { actor }: Patient): Finding {
  const check = `unit ${TEMPLATE}`;
  if (load === "loaded") return fine(check, "each deployment is a unit of its own");
  if (actor.uid === 0) return fine(check, "the template is not installed: a daemon of root makes transient units");
  return warned(
    check,
    `systemd has no usable template (${load ?? "no answer"}): a restart of the daemon ends the deployments that it started`,
    "Install fraisier's package, or the units of systemd/README.md; then sudo systemctl daemon-reload.",
  );
}

/** Whether a daemon answers at server.listen, and of which version it is. */
async function answering(patient: Patient, signal: AbortSignal): Promise<Finding> {
  const { config, host, version } = patient;
  const check = "daemon";
  if (config === undefined) return skipped(check, "fraises.yaml does not say where it listens");
  const url = `${listenUrl(config)}/health`;
  try {
    const answer = await host.requests.send(url, { timeoutMs: 5_000, signal });
    const running = await runningVersion(patient).catch(() => undefined);
    return daemonState(url, answer, { own: version, running });
  } catch (error) {
    const reason = messageOf(error);
    const remedy = existsSync("/run/systemd/system") ? `sudo systemctl start ${SERVICE}` : "fraisier serve";
    return failed(check, `no daemon answers at ${url}: ${reason}`, remedy);
  }
}

/** The version of the daemon that serves the store on this machine; undefined if none does. `/health` does not tell it to strangers. */
async function runningVersion({ store }: Patient): Promise<string | undefined> {
  const daemons = (await store?.daemons.all()) ?? [];
  return daemons.find((daemon) => isAlive(daemon) === true)?.version;
}

interface Versions {
  /** The version of this program. */
  readonly own: string;
  /** The version of the daemon; undefined if it is not known. */
  readonly running: string | undefined;
}

/** Pure: what the answer of /health means. */
export function daemonState(
  url: string,
  { status, body }: Pick<Answer, "status" | "body">,
  { own, running }: Versions,
): Finding {
  const check = "daemon";
  if (status !== 200)
    return failed(
      check,
      `${url} answers ${status}: ${body.slice(0, 200).trim()}`,
      `journalctl -u ${SERVICE} -n 20 says more.`,
    );
  try {
    JSON.parse(body);
  } catch {
    return failed(
      check,
      `${url} is not answered by fraisier`,
      "Another program listens there: change server.listen, or end that program.",
    );
  }
  if (running !== undefined && running !== own)
    return warned(
      check,
      `the daemon is version ${running}, and this program is ${own}`,
      `sudo systemctl restart ${SERVICE}; deployments go on.`,
    );
  return fine(check, `a daemon answers at ${url}`);
}

async function shown(
  unit: string,
  { host, env }: Patient,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const manager = managerOf(false, host, env);
  const properties = "--property=LoadState,ActiveState,SubState,UnitFileState";
  const { stdout } = await manager.run(manager.systemctl("show", [properties], unit), 5_000, signal);
  return Object.fromEntries(
    stdout.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
}
