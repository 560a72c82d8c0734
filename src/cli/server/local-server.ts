import { decideAgain } from "../../actions/decide-again.ts";
import { resolveDeployment } from "../../actions/deployments/resolve-deployment.ts";
import { endHold } from "../../actions/end-hold.ts";
import { lockedDocument, lockTargets } from "../../actions/lock-targets.ts";
import { refuseEmpty } from "../../actions/refuse-empty.ts";
import { stopDeployment } from "../../actions/stop-deployment.ts";
import { lockKey } from "../../actions/targets/lock-key.ts";
import { namedTarget } from "../../actions/targets/named-target.ts";
import { recordedTarget } from "../../actions/targets/recorded-target.ts";
import { unlockTargets } from "../../actions/unlock-targets.ts";
import { answerDeliveries } from "../../answers/deliveries/answer-deliveries.ts";
import { answerHistory } from "../../answers/deployments/answer-history.ts";
import { answerHosts } from "../../answers/hosts/answer-hosts.ts";
import { storeFeed } from "../../answers/following/store-feed.ts";
import type { TargetDocument } from "../../answers/schemas/target-document.ts";
import type { StoryDocument } from "../../answers/schemas/story-document.ts";
import { answerStatistics } from "../../answers/statistics/answer-statistics.ts";
import { whyTarget } from "../../answers/stories/answer-why.ts";
import { whySubject } from "../../answers/stories/why-subject.ts";
import { answerLocks } from "../../answers/targets/answer-locks.ts";
import { answerTarget } from "../../answers/targets/answer-target.ts";
import type { App } from "../../compose/app.ts";
import { targetName } from "../../domain/fraise.ts";
import { livingLocks } from "../../queue/living-locks.ts";
import { isTargetMeant, namedDeployment } from "../deployments/named-deployment.ts";
import { withStoreOfDaemon } from "./ask-health.ts";
import { instancesOf } from "../forges/instances-of.ts";
import { person } from "../person.ts";
import { targetFilter } from "../targets/target-filter.ts";
import { nothingKnownOf, notRemembered } from "./not-there.ts";
import { statusInRows } from "./status-in-rows.ts";
import type { CommandServer, Words } from "./command-server.ts";

/** The store of this machine, and the machine itself. */
export function localServer(app: App): CommandServer {
  const { config, store } = app;
  const filter = async ({ args, options }: Words) => await targetFilter(app, args, options);
  return {
    file: config.file,
    feed: storeFeed(app),
    status: async (words, takeRows) =>
      await withStoreOfDaemon(await statusInRows(app, await filter(words), takeRows), config),
    target: async (words) => await targetHere(app, words),
    history: async (words, page) => await answerHistory(store, { targets: await filter(words), ...page }),
    statistics: async (words, days) => await answerStatistics(store, { targets: await filter(words), days }),
    deliveries: async (page) => await answerDeliveries(store, page),
    locks: async () => await answerLocks(app),
    hosts: async () => await answerHosts(app),
    why: async (words) => await why(app, words),
    deploymentNamed: async ({ args, options }) => await namedDeployment(app, args, options),
    async cancel(typed) {
      const deployment = await resolveDeployment(app, typed);
      return { deployment, result: await stopDeployment(app, deployment, person()) };
    },
    async lock(words, options) {
      const key = lockKey(config, words, options);
      const { locked, replaced } = await lockTargets(app, key, options.reason, { by: person() });
      return lockedDocument(locked, replaced);
    },
    async unlock(words, options) {
      const key = lockKey(config, words, options, await livingLocks(store));
      return { unlocked: key, still_locked: await unlockTargets(app, key, options.reason ?? "", person()) };
    },
    async resume({ args, options }, reason) {
      const target = await recordedTarget(app, args, options);
      const { hold, revisions } = await endHold(app, target, reason, person());
      return { target: targetName(target), ...(hold === undefined ? {} : { hold }), revisions };
    },
    async replay(delivery) {
      const { act } = await decideAgain(app, instancesOf(config), delivery, person());
      return (await act()) ?? {};
    },
  };
}

async function targetHere(app: App, { args, options }: Words): Promise<TargetDocument> {
  const target = namedTarget(app.config, args, options);
  const document = await answerTarget(app, target, app);
  if (document === undefined) throw nothingKnownOf(targetName(target));
  return document;
}

async function why(app: App, words: Words): Promise<StoryDocument> {
  const { args, options } = words;
  const [typed = ""] = args;
  if (await isTargetMeant(app, args, options)) {
    const name = args.join("/");
    const story = await whyTarget(app, await targetFilter(app, args, options), name);
    if (story === undefined) throw nothingKnownOf(name);
    return story;
  }
  refuseEmpty(typed, "delivery, deployment or revision", "fraisier webhooks and fraisier history list them.");
  const story = await whySubject(app, typed);
  if (story === undefined) throw notRemembered(typed);
  return story;
}
