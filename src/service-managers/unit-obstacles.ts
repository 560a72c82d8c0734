import type { FraisierError } from "../domain/errors.ts";
import type { Obstacle } from "./obstacle.ts";
import type { Manager } from "./systemctl.ts";
import { systemdFailure } from "./systemd-failure.ts";
import { hintForLoadState } from "./unit-state.ts";

/**
 * Job modes that systemd refuses for these verbs, after polkit has answered and before a job is made. So the caller learns whether polkit lets it do
 * this with the unit, and nothing happens to the unit. pkcheck(1) cannot be used: polkit lets only root pass the name of a unit to it.
 */
const IMPOSSIBLE_MODE = { restart: "isolate", stop: "isolate" } as const;

const DENIED = /Interactive authentication required|Access denied|not permitted|Permission denied/i;

/** Whether systemd knows these units and could start them; also when its bus cannot be reached. */
export async function loadObstacles(manager: Manager, units: readonly string[]): Promise<readonly Obstacle[]> {
  const obstacles: Obstacle[] = [];
  for (const unit of units) {
    const result = await manager.run(manager.systemctl("show", ["--property=LoadState", "--value"], unit));
    if (result.exitCode !== 0) {
      const { userScope } = manager;
      return [asObstacle(systemdFailure(`cannot ask for ${unit}`, result, { unit, userScope, output: [] }))];
    }
    const load = result.stdout.trim();
    if (load !== "loaded") obstacles.push({ problem: unloaded(unit, load), hint: hintForLoadState(unit, load) });
  }
  return obstacles;
}

/** The verbs that polkit does not let this user ask for, of one unit of the system's manager. Root and a user's own manager need no leave. */
export async function rightObstacles(
  manager: Manager,
  unit: string,
  verbs: readonly (keyof typeof IMPOSSIBLE_MODE)[],
): Promise<readonly Obstacle[]> {
  if (manager.userScope || process.getuid?.() === 0) return [];
  const denied: string[] = [];
  for (const verb of verbs) {
    const { exitCode, tail } = await manager.run(
      manager.systemctl(verb, [`--job-mode=${IMPOSSIBLE_MODE[verb]}`], unit),
    );
    // Any other answer says nothing about the right: it is not claimed that one is missing.
    if (exitCode !== 0 && DENIED.test(tail)) denied.push(verb);
  }
  if (denied.length === 0) return [];
  return [
    {
      problem: `polkit does not let the user that fraisier runs as ${denied.join(" or ")} ${unit}`,
      hint: PRIVILEGES_HINT,
    },
  ];
}

/** Whether this user sees what the unit writes to the journal. */
export async function journalObstacle(manager: Manager, unit: string): Promise<Obstacle | undefined> {
  // Without --quiet: journalctl says by a hint on standard error that it hides the messages of other users, and exits 0.
  const argv = ["journalctl", ...manager.scope, "--no-pager", "--output=cat", "--lines=0", `--unit=${unit}`];
  const { exitCode, tail } = await manager.run(argv);
  const isHidden = !manager.userScope && /not seeing messages from other users|insufficient permissions/i.test(tail);
  if (exitCode === 0 && !isHidden) return undefined;
  return {
    problem: `the journal of ${unit} cannot be read by the user that fraisier runs as`,
    hint: "Add the user to the group: sudo usermod --append --groups systemd-journal fraisier; then restart fraisier.",
  };
}

/** The command that gives an unprivileged fraisier its rights. */
const PRIVILEGES_HINT = "Write the polkit rule that fraises.yaml needs: sudo fraisier privileges install";

function unloaded(unit: string, load: string): string {
  if (load === "not-found") return `systemd knows no unit ${unit}`;
  return load === "masked" ? `${unit} is masked` : `systemd cannot use the unit ${unit}: ${load || "no answer"}`;
}

function asObstacle({ message, hint }: FraisierError): Obstacle {
  return { problem: message, hint: hint ?? "" };
}
