/** The command by which systemd itself finds how exposed a unit is, from 0 (not at all) to 10. Without `offline` it asks the running systemd, drop-ins included. */
export function exposureCommand(unit: string, { offline = false } = {}): readonly string[] {
  return ["systemd-analyze", "security", ...(offline ? ["--offline=true"] : []), "--no-pager", unit];
}

/** The figure in what it printed. */
export function exposureIn(printed: string): number {
  return Number(/Overall exposure level for .*: ([\d.]+)/.exec(printed)?.[1]);
}

/** What the units may be exposed at most. A sandbox inside of deployments costs the second one more. */
export const MOST_EXPOSED = { "fraisier.service": 1.5, "fraisier-deploy@.service": 5 } as const;
