import { pathName } from "../file/locate.ts";
import type { Path } from "../file/locate.ts";
import type { Target } from "../config.ts";
import type { RawFraise } from "../keys/schema.ts";
import type { Draft } from "./draft.ts";

/** The host on which fraises.yaml places an environment of a fraise: its own `hosts`, else those of the fraise; nothing if neither has the key. */
export function placedOn(
  { problems, isStoreShared }: Draft,
  [name, fraise]: readonly [string, RawFraise],
  environment: string,
): Pick<Target, "hosts" | "hosts_at"> {
  const own = fraise.environments[environment]?.hosts;
  const hosts = own ?? fraise.hosts;
  if (hosts === undefined) return {};
  const path: Path =
    own === undefined ? ["fraises", name, "hosts"] : ["fraises", name, "environments", environment, "hosts"];
  if (!isStoreShared)
    problems.atKey(path, `${pathName(path)} needs a store that several hosts share: store.url: postgres://…`);
  else if (hosts.length === 0) problems.of(path, " is empty: the target would live nowhere");
  else if (hosts.length > 1)
    problems.of(path, ` names ${hosts.length} hosts, and a target lives on one: write an environment for each host`);
  return { hosts, hosts_at: problems.placeOf(path) };
}
