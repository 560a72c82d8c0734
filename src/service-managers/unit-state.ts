import { UnitUnusable } from "../domain/errors.ts";
import type { ServiceState } from "./service-manager.ts";

/** Properties of org.freedesktop.systemd1(5) that tell how a unit does. */
export const UNIT_PROPERTIES = [
  "LoadState",
  "ActiveState",
  "SubState",
  "Result",
  "Type",
  "RemainAfterExit",
  "NRestarts",
  "MainPID",
] as const;

type Properties = Partial<Record<(typeof UNIT_PROPERTIES)[number], string>>;

const CHANGING = new Set(["activating", "deactivating"]);
const UP = new Set(["active", "reloading", "refreshing"]);

/** Reads what `systemctl show` prints. @throws UnitUnusable for a unit that systemd does not know or may not start. */
export function unitState(unit: string, shown: string): ServiceState {
  const property = Object.fromEntries(shown.split("\n").map((line) => splitOnce(line))) as Properties;
  const { LoadState: load, ActiveState: active = "unknown" } = property;
  if (load !== "loaded") {
    throw new UnitUnusable(`systemd cannot use the unit ${unit}: ${load ?? "no answer"}`, {
      hint: hintForLoadState(unit, load),
    });
  }
  const done = isDone(property);
  return {
    up: UP.has(active) || done,
    changing: CHANGING.has(active),
    failed: active === "failed",
    isActive: active !== "inactive" && active !== "failed",
    restarts: property.NRestarts === undefined ? undefined : Number(property.NRestarts),
    mainPid: Number(property.MainPID ?? 0) || undefined,
    description: done ? "done (oneshot)" : `${active} (${detailOf(property)})`,
  };
}

/**
 * Whether a oneshot unit has ended well. systemd forgets then that it ran: inactive without a failure is all that can be known. With RemainAfterExit= it stays
 * active, and inactive means that it was stopped or never started.
 */
function isDone({ Type: type, RemainAfterExit: remains, ActiveState: active, Result: result }: Properties): boolean {
  return type === "oneshot" && remains !== "yes" && active === "inactive" && result === "success";
}

/** The result of a unit that failed, else what it does now. */
function detailOf({ SubState: sub = "", Result: result = "" }: Properties): string {
  return result === "" || result === "success" ? sub : result;
}

/** The remedy for a unit that is not loaded. */
export function hintForLoadState(unit: string, load: string | undefined): string {
  if (load === "masked") return `Somebody forbade it: systemctl unmask ${unit}`;
  if (load === "not-found")
    return `Is the name right, and was \`systemctl daemon-reload\` run after its file was put in place?`;
  return `Look at its file: systemd-analyze verify ${unit}`;
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
}
