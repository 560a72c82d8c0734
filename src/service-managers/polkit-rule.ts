import { UsageError } from "../domain/errors.ts";
import type { Privilege } from "./privileges.ts";

/** Names that systemd.unit(5) allows, with their suffix: nothing in them can end a string of JavaScript. */
const UNIT = /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]{0,254}\.(service|socket|timer|target|path)$/;
/** The names that useradd(8) takes. */
const USER = /^[a-z_][a-z0-9_.-]{0,63}\$?$/i;
const VERB = /^[a-z-]+$/;

/**
 * The text of a polkit rule that lets `user` do exactly this with exactly these units. @throws UsageError for a name that is no name of a unit or user:
 * the rule is JavaScript that polkitd runs.
 */
export function polkitRule(user: string, privileges: readonly Privilege[]): string {
  if (!USER.test(user)) throw new UsageError(`${JSON.stringify(user)} is no name of a user`);
  const lines = privileges.map(({ unit, verbs }) => {
    if (!UNIT.test(unit)) throw new UsageError(`${JSON.stringify(unit)} is no name of a unit of systemd`);
    if (!verbs.every((verb) => VERB.test(verb))) throw new UsageError(`${verbs.join(", ")}: not all are verbs`);
    return `    ${JSON.stringify(unit)}: ${JSON.stringify(verbs).replaceAll(",", ", ")},`;
  });
  return `// Written by "fraisier privileges install": what the user ${user} may do with the units that fraises.yaml names.
// Do not edit it. Run "sudo fraisier privileges install" again when fraises.yaml names other units.
polkit.addRule(function (action, subject) {
  if (action.id !== "org.freedesktop.systemd1.manage-units" || subject.user !== ${JSON.stringify(user)}) return polkit.Result.NOT_HANDLED;
  var verbs = {
${lines.join("\n")}
  };
  var unit = action.lookup("unit");
  if (!Object.prototype.hasOwnProperty.call(verbs, unit)) return polkit.Result.NOT_HANDLED;
  return verbs[unit].indexOf(action.lookup("verb")) >= 0 ? polkit.Result.YES : polkit.Result.NOT_HANDLED;
});
`;
}
