import type { App } from "../../app.ts";
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

/** The full hash of the command line, or the revision that the ref points to at its remote now. @throws UsageError, HostUnavailable */
export async function wantedRevision(
  app: App,
  target: Target,
  { revision, ref: name }: Asked,
): Promise<WantedRevision> {
  if (revision !== undefined) {
    const full = revision.toLowerCase();
    // A short hash may name another commit tomorrow.
    if (!isRevision(full)) {
      throw new UsageError(`"${revision}" is no full commit hash`, {
        hint: "git rev-parse gives it; or use --ref with a branch or tag.",
      });
    }
    return {
      revision: full,
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

/** The branch of this name, else the tag, and the revision that it points to at the remote now. */
async function refAt(
  { host }: App,
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
