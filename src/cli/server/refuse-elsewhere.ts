import { UsageError } from "../../domain/errors.ts";
import type { GlobalOptions, RunnableCommand } from "../command-entry.ts";
import { isElsewhere } from "./asked-door.ts";

/** Refuses a command that works on this machine alone, if the person named another server for it. @throws UsageError */
export function refuseElsewhere(
  { asks, isForAnyServer }: Pick<RunnableCommand, "asks" | "isForAnyServer">,
  options: GlobalOptions,
): void {
  if (asks === "server" || (isForAnyServer === true && options.context === undefined) || !isElsewhere(options)) return;
  if (isForAnyServer === true) throw new UsageError("--context changes nothing about this command: leave it out");
  throw new UsageError("this command works only on the machine of fraisier itself", {
    hint:
      options.context === undefined
        ? "FRAISIER_URL is set: log in there by ssh and run it, or unset the variable for this machine."
        : "Log in there by ssh and run it.",
  });
}
