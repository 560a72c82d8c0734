import { ASKED_WISHES } from "../../actions/asked.ts";
import type { AskedName } from "../../actions/asked.ts";
import type { RunnerQuestion } from "../../actions/ask-runner.ts";
import { askedOptions } from "../../actions/deployments/asked-options.ts";
import { promotedRevision } from "../../actions/deployments/promoted-revision.ts";
import { rollbackDestination } from "../../actions/deployments/rollback-destination.ts";
import { wantedRevision } from "../../actions/deployments/wanted-revision.ts";
import { namedTarget } from "../../actions/targets/named-target.ts";
import { askedIn, backIn, defined } from "../../actions/wish-fields.ts";
import type { Target } from "../../config/config.ts";
import { UsageError } from "../../domain/errors.ts";
import { interruptible } from "../../host/interruptible.ts";
import type { App } from "../app.ts";
import { deploymentPlan, rollbackPlan } from "../planning/plan-documents.ts";
import type { PlanScene } from "../planning/plan-documents.ts";
import { verificationDocument } from "../verify-active.ts";
import { withoutSecrets } from "../without-secrets.ts";

type Scene = Omit<PlanScene, "target">;
type Answer = Readonly<Record<string, unknown>>;

/** The work of each verb. @throws UsageError for a target that fraises.yaml has no more, and for a wish that cannot be met. */
const WORK: Readonly<Record<AskedName, (scene: Scene, wish: unknown) => Promise<Answer>>> = {
  async plan(scene, document) {
    const wish = ASKED_WISHES.plan.parse(document);
    return await about(scene, wish.target, async (target) => {
      const options = askedOptions(target, askedIn(wish));
      const wanted = await wantedRevision(scene.app, target, defined({ revision: wish.revision, ref: wish.ref }));
      return await deploymentPlan({ ...scene, target }, wanted, options);
    });
  },
  async "plan-rollback"(scene, document) {
    const wish = ASKED_WISHES["plan-rollback"].parse(document);
    return await about(scene, wish.target, async (target) => {
      const destination = await rollbackDestination(scene.app, target, backIn(wish));
      return await rollbackPlan({ ...scene, target }, destination);
    });
  },
  async "plan-promotion"(scene, document) {
    const wish = ASKED_WISHES["plan-promotion"].parse(document);
    return await about(scene, wish.to, async (target) => {
      const promoted = await promotedRevision(scene.app, namedTarget(scene.app.config, [wish.from], {}));
      return await deploymentPlan({ ...scene, target }, promoted, askedOptions(target, askedIn(wish)));
    });
  },
  async verify({ app, signal }, document) {
    const wish = ASKED_WISHES.verify.parse(document);
    return await about({ app }, wish.target, async (target) => await verificationDocument(app, target, signal));
  },
};

/** Carries out in this process what somebody asked a daemon for. Programs that were started are ended when the signal aborts. */
export async function performAsked(
  app: App,
  { verb, wish, by, mayRunCode }: RunnerQuestion,
  signal: AbortSignal,
): Promise<Answer> {
  const work = Object.hasOwn(WORK, verb) ? WORK[verb as AskedName] : undefined;
  if (work === undefined) throw new UsageError(`this fraisier knows no ${verb}`, { hint: "Restart the daemon." });
  const looking: App = { ...app, host: interruptible(app.host, signal) };
  return await work({ app: looking, by, signal, mayRunCode }, wish);
}

async function about(
  { app }: Pick<Scene, "app">,
  name: string,
  work: (target: Target) => Promise<Answer>,
): Promise<Answer> {
  const target = namedTarget(app.config, [name], {});
  return await withoutSecrets(app, target, () => work(target));
}
