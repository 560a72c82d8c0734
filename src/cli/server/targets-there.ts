import { noSuchTarget } from "../../actions/targets/no-such-target.ts";
import type { NamedTarget } from "../../actions/targets/target-words.ts";
import { nameIn } from "../../actions/targets/target-words.ts";
import { statusDocumentSchema } from "../../answers/schemas/status-document.ts";
import type { StatusDocument } from "../../answers/schemas/status-document.ts";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { ApiClient } from "./api-client.ts";
import { doorName } from "./door.ts";
import type { Words } from "./command-server.ts";

/** The state of the targets that the words name; all of them without words. @throws UsageError if there is no such target. */
export async function statusThere(client: ApiClient, words: Words): Promise<StatusDocument> {
  const named = nameIn(words.args, words.options);
  return (await targetsThere(client, named)) ?? (await unknownThere(client, words));
}

/** Whether words name a target, and not an id. The name of a fraise goes before the beginning of an id. */
export async function isTargetThere(client: ApiClient, { args, options }: Words): Promise<boolean> {
  const [first = "", ...more] = args;
  if (more.length > 0 || options.job !== undefined || first.includes("/")) return true;
  return first !== "" && (await targetsThere(client, { fraise: first })) !== undefined;
}

/** Every target that the daemon tells of. */
export async function knownThere(client: ApiClient): Promise<readonly TargetKey[]> {
  return keysIn(await targetsThere(client, undefined));
}

/** A name that no target has, with the nearest one that there is. @throws UsageError */
export async function unknownThere(client: ApiClient, { args, options }: Words): Promise<never> {
  const status = await targetsThere(client, undefined);
  const named = nameIn(args, options);
  if (named === undefined) throw new UsageError(`${doorName(client.door)} knows of no target`);
  throw noSuchTarget(status?.daemon?.config_file ?? doorName(client.door), named, keysIn(status));
}

async function targetsThere(client: ApiClient, named: NamedTarget | undefined): Promise<StatusDocument | undefined> {
  return await client.get("/targets", { ...named }, statusDocumentSchema);
}

/** A target to which nothing was ever deployed has only its name in the document. */
function keysIn(status: StatusDocument | undefined): readonly TargetKey[] {
  return (status?.targets ?? []).map(({ target }) => {
    const [fraise = "", environment = "", job = ""] = target.split("/");
    return { fraise, environment, job };
  });
}
