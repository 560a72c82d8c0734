import type { Acting } from "../acting.ts";
import type { Target } from "../../config/config.ts";
import { UsageError } from "../../domain/errors.ts";
import type { Ref } from "../../domain/event.ts";
import { fullRef, isRevision } from "../../domain/event.ts";
import { targetName } from "../../domain/fraise.ts";

/** The revision that a person wants deployed: a full hash, and the ref it comes from if it is known. */
export interface WantedRevision {
  readonly revision: string;
  readonly ref: Ref | undefined;
}

export interface Asked {
  readonly revision?: string;
  readonly ref?: string;
}

/** So many letters of a hash are enough, as for git; fewer may soon be those of another commit. */
const SHORTEST = 7;

/** The full hash of the command line, or the revision that the ref points to at its remote now. @throws UsageError, HostUnavailable */
export async function wantedRevision(
  app: Acting,
  target: Target,
  { revision, ref: name }: Asked,
): Promise<WantedRevision> {
  if (revision !== undefined) {
    return {
      revision: await fullRevision(app, target, revision.toLowerCase()),
      ref: name === undefined ? undefined : ((await refAt(app, target, name))?.ref ?? noRef(name)),
    };
  }
  const wanted = name ?? target.subscription.branches.find((pattern) => !/[*?[{!]/.test(pattern));
  if (wanted === undefined) {
    throw new UsageError(`${targetName(target)} has no plain branch`, {
      hint: "Name what to deploy: --ref or --revision.",
    });
  }
  return (await refAt(app, target, wanted)) ?? noRef(wanted);
}

/** The commit whose hash begins so: fraisier knows those on record and those that a branch or tag points to now. @throws UsageError unless it is the only one. */
async function fullRevision(app: Acting, target: Target, typed: string): Promise<string> {
  const isFull: boolean = isRevision(typed);
  if (isFull) return typed;
  const hint = "git rev-parse gives the full hash; or use --ref with a branch or tag.";
  if (!/^[0-9a-f]+$/.test(typed) || typed.length < SHORTEST)
    throw new UsageError(`"${typed}" is no commit hash, nor its first ${SHORTEST} digits`, { hint });
  const tips = await app.host.git.remoteRefs(target.clone_url.reveal());
  const known = [...tips.values(), ...(await recordedRevisions(app, target, typed))];
  const found = [...new Set(known.filter((each) => each.startsWith(typed)))];
  const [only, another] = found;
  if (only === undefined) throw new UsageError(`fraisier knows no commit ${typed} of ${targetName(target)}`, { hint });
  if (another === undefined) return only;
  throw new UsageError(`${typed} may be any of ${found.join(", ")}`, { hint: "Type more of it." });
}

/** The revisions of deployments of the fraise that begin so. */
async function recordedRevisions({ store }: Acting, { fraise }: Target, typed: string): Promise<readonly string[]> {
  const revisions: string[] = [];
  for (const id of (await store.deployments.findRevision(typed)).deployments) {
    const deployment = (await store.deployments.detail(id))?.deployment;
    if (deployment?.fraise === fraise) revisions.push(deployment.revision);
  }
  return revisions;
}

/** The branch of this name, else the tag, and the revision that it points to at the remote now. */
async function refAt(
  { host }: Acting,
  target: Target,
  name: string,
): Promise<{ readonly revision: string; readonly ref: Ref } | undefined> {
  for (const kind of ["branch", "tag"] as const) {
    const ref: Ref = { kind, name };
    const revision = await host.git.remoteRevision(target.clone_url.reveal(), fullRef(ref));
    if (revision !== undefined) return { revision, ref };
  }
  return undefined;
}

function noRef(name: string): never {
  throw new UsageError(`the repository has no branch or tag ${name}`, { hint: "Name another: --ref or --revision." });
}
