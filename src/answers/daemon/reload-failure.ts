import { ConfigError } from "../../domain/errors.ts";
import type { ReloadFailure } from "../../domain/trouble.ts";

/** Why the daemon's last reload failed, as an error with every problem at its place. */
export function reloadError({ message, problems }: ReloadFailure): ConfigError {
  return new ConfigError(`the daemon could not reload: ${message}`, problems, {
    hint: "Nothing was changed: the daemon goes on with the settings it has. fraisier config validate checks the file.",
  });
}
