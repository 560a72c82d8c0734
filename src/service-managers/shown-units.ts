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

/** systemd is asked about so many units at a time: the answers about all units of a large machine are more than is kept of a program's output. */
const UNITS_AT_ONCE = 500;

/** The settings of a target that name units. */
interface NamingUnits {
  readonly service: ServiceSettings | undefined;
  readonly job?: JobSettings | undefined;
}

/**
 * The processes of this machine, for a look at many targets: questions about their units are answered by one `systemctl show` for each of systemd's managers and
 * each five hundred units, which are asked now. A question that it did not answer is asked as ever.
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

interface Question {
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** The answer of systemd about each unit, by its name. If its time was up, no unit is asked about again. */
async function shownIn(
  host: Host,
  isUser: boolean,
  units: readonly string[],
  { env, timeoutMs }: Question,
): Promise<ReadonlyMap<string, ProcessResult>> {
  const manager = managerOf(isUser, host, env);
  const found = new Map<string, ProcessResult>();
  for (let at = 0; at < units.length; at += UNITS_AT_ONCE) {
    const asked = units.slice(at, at + UNITS_AT_ONCE);
    const argv = manager.systemctl("show", [`--property=${[...PROPERTIES].join(",")}`], ...asked);
    const shown = await manager.run(argv, timeoutMs).catch(() => undefined);
    if (shown?.timedOut === true) {
      for (const unit of units.slice(at)) found.set(unit, shown);
      return found;
    }
    for (const [unit, block] of blocksIn(shown, asked)) found.set(unit, block);
  }
  return found;
}

/** The answer about each unit; none if there are not answers to all. */
function blocksIn(
  shown: ProcessResult | undefined,
  units: readonly string[],
): readonly (readonly [unit: string, block: ProcessResult])[] {
  if (shown?.exitCode !== 0 || shown.stdoutIsCut) return [];
  const blocks = shown.stdout.trim().split("\n\n");
  if (blocks.length !== units.length) return [];
  // In the order of the question: a unit may have another name, which is not the one that was asked for.
  return units.map((unit, index) => [unit, { ...shown, stdout: `${blocks[index]}\n` }]);
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
