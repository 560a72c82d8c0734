import { UsageError } from "../../domain/errors.ts";
import type { Invocation } from "../command-entry.ts";
import { namedTarget } from "../../actions/targets/named-target.ts";
import { promotedRevision } from "../../actions/deployments/promoted-revision.ts";
import { isWaitWanted } from "../deployments/follow-queued.ts";
import { submitDeployment } from "../deployments/submit-deployment.ts";
import type { SubmitOptions } from "../deployments/submit-deployment.ts";
import { needOf, startThere, submitWish } from "../server/start-there.ts";
import { withEither } from "../server/with-server.ts";
import { wordFor } from "../server/word-for.ts";
import { withoutSecrets } from "../../compose/without-secrets.ts";

interface Options extends SubmitOptions {
  readonly job?: string;
}

/** Deploys to one environment exactly the revision that runs in another one, wherever its branches point by now. */
export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const [fraise = "", from = "", to = ""] = args;
  if (from === to) throw new UsageError(`${from} is promoted to itself`, { hint: "fraisier promote FRAISE FROM TO" });
  return await withEither(options, needOf(options), {
    async here(app) {
      const source = namedTarget(app.config, [fraise, from], options);
      const target = namedTarget(app.config, [fraise, to], options);
      const promoted = await promotedRevision(app, source);
      const reason = options.reason ?? `promoted from ${from}`;
      return await withoutSecrets(app, target, () =>
        submitDeployment({ app, target, print }, promoted, { ...options, reason }),
      );
    },
    async there(client) {
      const [source, target] = [from, to].map((environment) => wordFor([fraise, environment], options));
      const wish = { from: source, to: target, ...submitWish(options) };
      return await startThere(client, "promote", wish, { ...options, wait: isWaitWanted(options, print), print });
    },
  });
}
