import { makeFolderCommand } from "../machine/make-folder-command.ts";
import type { FirstTarget } from "./first-target.ts";
import { groupOfApp } from "./unit-facts.ts";
import type { UnitFacts } from "./unit-facts.ts";

/** Pure: what a person does after the file is written, in order; a line that is no command begins with #. */
export function nextCommands(
  target: FirstTarget,
  unit: UnitFacts | undefined,
  { user, folderExists }: { readonly user: string; readonly folderExists: boolean },
): readonly string[] {
  const { appPath, fraise, environment, layout } = target;
  const group = groupOfApp(unit, user);
  const name = `${fraise} ${environment}`;
  const isInPlace = layout === "in_place";
  return [
    ...(isInPlace && folderExists
      ? [`# ${user} must own the checkout: sudo chown -R ${user}:${group} ${appPath}`]
      : [makeFolderCommand(appPath, user, group)]),
    ...(unit !== undefined && !unit.runsCurrent && !isInPlace
      ? [
          `# ${unit.unit} must run from ${appPath}/current (WorkingDirectory=, ExecStart=): sudo systemctl edit ${unit.unit}`,
        ]
      : []),
    ...(target.service === undefined ? [] : ["sudo fraisier privileges install"]),
    "sudo systemctl reload fraisier",
    "sudo fraisier doctor",
    `sudo fraisier deploy ${name} --wait   # or push`,
  ];
}
