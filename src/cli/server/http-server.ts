import { noSuchDeployment } from "../../actions/deployments/resolve-deployment.ts";
import { refuseEmpty } from "../../actions/refuse-empty.ts";
import type { LockOptions } from "../../actions/targets/lock-key.ts";
import { namedTarget } from "../../actions/targets/named-target.ts";
import { nameIn } from "../../actions/targets/target-words.ts";
import type { Feed } from "../../answers/following/feed.ts";
import {
  cancelledSchema,
  lockedSchema,
  replayedSchema,
  resumedSchema,
  unlockedSchema,
} from "../../answers/schemas/act-documents.ts";
import { hostsDocumentSchema } from "../../answers/schemas/hosts-document.ts";
import { locksDocumentSchema } from "../../answers/schemas/locks-document.ts";
import { statusDocumentSchema } from "../../answers/schemas/status-document.ts";
import { targetDocumentSchema } from "../../answers/schemas/target-document.ts";
import type { TargetDocument } from "../../answers/schemas/target-document.ts";
import { statisticsDocumentSchema } from "../../answers/schemas/statistics-document.ts";
import type { ApiClient } from "./api-client.ts";
import { allDeliveries, allDeployments } from "./all-pages.ts";
import { isTargetThere, knownThere, statusThere, unknownThere } from "./targets-there.ts";
import { doorName } from "./door.ts";
import { httpFeed } from "./http-feed.ts";
import { neverDeployed } from "./not-there.ts";
import type { CommandServer, Words } from "./command-server.ts";
import { wordFor } from "./word-for.ts";
import { whyThere } from "./why-there.ts";

/** A daemon that is asked by its HTTP API. Names are looked up there, and errors have the words of the local ones. */
export function httpServer(client: ApiClient): CommandServer {
  const feed = httpFeed(client);
  return {
    file: undefined,
    feed,
    status: async (words) => await statusThere(client, words),
    target: async (words) => await targetThere(client, words),
    async history(words, page) {
      return (await allDeployments(client, filterOf(words), page)) ?? (await unknownThere(client, words));
    },
    async statistics(words, days) {
      const asked = { ...filterOf(words), days };
      return (await client.get("/statistics", asked, statisticsDocumentSchema)) ?? (await unknownThere(client, words));
    },
    deliveries: async (page) => await allDeliveries(client, page),
    locks: async () => (await client.get("/locks", {}, locksDocumentSchema)) ?? { version: 1, locks: [] },
    hosts: async () =>
      (await client.get("/hosts", {}, hostsDocumentSchema)) ?? { version: 1, hosts: [], differences: [] },
    why: async (words) => await whyThere(client, words),
    deploymentNamed: async (words) => await deploymentNamedThere(client, words, feed),
    async cancel(typed) {
      refuseEmpty(typed, "deployment", "fraisier history lists them.");
      return await client.post("cancel", { deployment: typed }, cancelledSchema);
    },
    lock: async (words, options) => await client.post("lock", lockWish(words, options), lockedSchema),
    unlock: async (words, options) => await client.post("unlock", lockWish(words, options), unlockedSchema),
    resume: async ({ args, options }, reason) =>
      await client.post("resume", { target: wordFor(args, options), reason }, resumedSchema),
    async replay(delivery) {
      refuseEmpty(delivery, "delivery", "fraisier webhooks lists them.");
      return await client.post("replay", { delivery }, replayedSchema);
    },
  };
}

/** The parameters that name targets. */
function filterOf({ args, options }: Words) {
  return { ...nameIn(args, options) };
}

function lockWish(words: readonly string[], { all, reason, ...options }: LockOptions) {
  return { target: wordFor(words, options), all, reason };
}

/** The only target that the words name, as the command line of that machine finds it. */
async function targetThere(client: ApiClient, words: Words): Promise<TargetDocument> {
  const file = (await client.get("/targets", {}, statusDocumentSchema))?.daemon?.config_file ?? doorName(client.door);
  const { fraise, environment, job } = namedTarget(
    { file, targets: await knownThere(client) },
    words.args,
    words.options,
  );
  const path = ["settings", fraise, environment, job].filter((part) => part !== "").map(encodeURIComponent);
  return (await client.get(`/${path.join("/")}`, {}, targetDocumentSchema)) ?? (await unknownThere(client, words));
}

async function deploymentNamedThere(client: ApiClient, words: Words, feed: Pick<Feed, "deployment">): Promise<string> {
  const [typed = ""] = words.args;
  if (await isTargetThere(client, words)) {
    const history = await allDeployments(client, filterOf(words), { limit: 1 });
    if (history === undefined) return await unknownThere(client, words);
    const [newest] = history.deployments;
    if (newest === undefined) throw neverDeployed(words.args.join("/"));
    return newest.id;
  }
  refuseEmpty(typed, "deployment", "fraisier history lists them.");
  const found = await feed.deployment(typed);
  return found === undefined ? noSuchDeployment(typed, await knownThere(client)) : found.deployment.id;
}
