import type { Host } from "../host/host.ts";
import type { Processes, ProcessResult } from "../host/processes.ts";
import { CODE_PROPERTIES } from "./code-origin.ts";
import type { JobSettings } from "../schedule/job.ts";
import type { ServiceSettings } from "./service-manager.ts";
import { managerOf } from "./systemctl.ts";
import { TIMER_PROPERTIES } from "./timer-state.ts";
import { unitName } from "./unit-name.ts";
import { UNIT_PROPERTIES } from "./unit-state.ts";

/** Everything that a look at a target asks systemd about a unit. */
const PROPERTIES: ReadonlySet<string> = new Set([...UNIT_PROPERTIES, ...CODE_PROPERTIES, ...TIMER_PROPERTIES, "User"]);

/** The settings of a target that name units. */
interface NamingUnits {
  readonly service: ServiceSettings | undefined;
  readonly job?: JobSettings | undefined;
}

/**
 * The processes of this machine, for a look at many targets: questions about their units are answered by one `systemctl show` for each of systemd's managers, which
 * is asked now. A question that it did not answer is asked as ever.
 */
export async function withShownUnits(
  host: Host,
  targets: readonly NamingUnits[],
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Processes> {
  const [system, user] = await Promise.all(
    [false, true].map((isUser) => shownIn(host, isUser, unitsIn(targets, isUser), { env, timeoutMs })),
  );
  return {
    ...host.processes,
    async run(command, options) {
      const asked = typeof command === "string" ? undefined : questionIn(command);
      const answer = asked && (asked.isUser ? user : system)?.get(asked.unit);
      return answer ?? (await host.processes.run(command, options));
    },
  };
}

/** The name of every unit that one of systemd's managers has for these targets. */
function unitsIn(targets: readonly NamingUnits[], isUser: boolean): readonly string[] {
  const units = targets.flatMap(({ service, job }) => [
    ...(service?.manager === "systemd" && (service["scope"] === "user") === isUser
      ? [unitName(service.unit ?? "")]
      : []),
    ...(job !== undefined && (job.scope === "user") === isUser ? [job.service, job.timer] : []),
  ]);
  return [...new Set(units)];
}

/** The answer of systemd about each unit, by its name; empty if it does not answer to all. If its time was up, no unit is asked about again. */
async function shownIn(
  host: Host,
  isUser: boolean,
  units: readonly string[],
  { env, timeoutMs }: { readonly env: Readonly<Record<string, string>>; readonly timeoutMs: number },
): Promise<ReadonlyMap<string, ProcessResult>> {
  if (units.length === 0) return new Map();
  const manager = managerOf(isUser, host, env);
  const argv = manager.systemctl("show", [`--property=${[...PROPERTIES].join(",")}`], ...units);
  const shown = await manager.run(argv, timeoutMs).catch(() => undefined);
  if (shown?.timedOut === true) return new Map(units.map((unit) => [unit, shown]));
  if (shown?.exitCode !== 0 || shown.stdoutIsCut) return new Map();
  const blocks = shown.stdout.trim().split("\n\n");
  if (blocks.length !== units.length) return new Map();
  // In the order of the question: a unit may have another name, which is not the one that was asked for.
  return new Map(units.map((unit, index) => [unit, { ...shown, stdout: `${blocks[index]}\n` }]));
}

/** The unit that this systemctl is to show; undefined for every other command, and for a question that was not asked before. */
function questionIn(argv: readonly string[]): { readonly unit: string; readonly isUser: boolean } | undefined {
  const units = argv.slice(argv.indexOf("--") + 1);
  const [unit] = units;
  const properties = argv
    .find((word) => word.startsWith("--property="))
    ?.slice("--property=".length)
    .split(",");
  if (argv[0] !== "systemctl" || !argv.includes("show") || !argv.includes("--") || properties === undefined)
    return undefined;
  if (unit === undefined || units.length > 1 || !properties.every((name) => PROPERTIES.has(name))) return undefined;
  return { unit, isUser: argv.includes("--user") };
}
