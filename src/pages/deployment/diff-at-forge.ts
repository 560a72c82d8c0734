import type { Config } from "../../config/config.ts";
import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import type { Forge } from "../../forges/forge.ts";

/** The page of the forge that shows what a deployment changed; undefined if its forge has no pages, or if fraises.yaml no longer has its target. */
export function diffAtForge(
  config: Pick<Config, "targets" | "forges">,
  forges: readonly Pick<Forge, "name" | "diffUrl">[],
  row: DeploymentDocument["deployment"],
): string | undefined {
  const target = config.targets.find(
    ({ fraise, environment, job }) => fraise === row.fraise && environment === row.environment && job === row.job,
  );
  const settings = target === undefined ? undefined : config.forges[target.subscription.forge];
  const forge = forges.find(({ name }) => name === settings?.provider);
  if (target === undefined || settings?.base_url === undefined || forge === undefined) return undefined;
  const previous = row.previous_revision === row.revision ? null : row.previous_revision;
  // A forge compares from the older revision to the newer one: a rollback is shown as what it takes away.
  const isBack = row.trigger === "rollback" && previous !== null;
  return forge.diffUrl({
    base: settings.base_url,
    repository: target.subscription.repository,
    from: isBack ? row.revision : (previous ?? undefined),
    to: isBack ? previous : row.revision,
  });
}
