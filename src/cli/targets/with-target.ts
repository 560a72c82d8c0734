import type { App } from "../../compose/app.ts";
import { withApp } from "../../compose/with-store.ts";
import type { Target } from "../../config/config.ts";
import type { Invocation } from "../command-entry.ts";
import { withoutSecrets } from "../../compose/without-secrets.ts";
import type { Print } from "../print/print.ts";
import { namedTarget } from "../../actions/targets/named-target.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import type { ApiClient } from "../server/api-client.ts";
import type { Need } from "../server/with-server.ts";
import { withEither } from "../server/with-server.ts";

/** The things that a command for one target works with. */
export interface TargetScene {
  readonly app: App;
  readonly target: Target;
  readonly print: Print;
}

/** The work of a command for one target: on this machine, and by the API of a daemon. */
export interface TargetWays<Result> {
  here(scene: TargetScene): Promise<Result>;
  there(client: ApiClient): Promise<Result>;
}

/** Finds the target that the command line names, and closes the store after the work. Gives the exit code of the work, whose errors hold no secret. */
export async function withTarget(
  { args, options, print }: Invocation<TargetOptions>,
  act: (scene: TargetScene) => Promise<number>,
): Promise<number> {
  return await withApp(options.config, async (app) => {
    const target = namedTarget(app.config, args, options);
    return await withoutSecrets(app, target, () => act({ app, target, print }));
  });
}

/** Like withTarget, for commands that may ask another machine. */
export async function withTargetThere<Result>(
  { args, options, print }: Invocation<TargetOptions>,
  need: Need,
  { here, there }: TargetWays<Result>,
): Promise<Result> {
  return await withEither(options, need, {
    there,
    here: async (app) => {
      const target = namedTarget(app.config, args, options);
      return await withoutSecrets(app, target, () => here({ app, target, print }));
    },
  });
}
