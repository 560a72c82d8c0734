import { families } from "./app.ts";
import type { App } from "./app.ts";
import { openSource } from "./planning/planner.ts";
import type { Config } from "../config/config.ts";
import type { GitFile } from "../config/from-git/two-files.ts";
import { loadConfig } from "../config/load.ts";
import type { Asked } from "../actions/deployments/wanted-revision.ts";
import { wantedRevision } from "../actions/deployments/wanted-revision.ts";
import { UsageError } from "../domain/errors.ts";
import { targetName } from "../domain/fraise.ts";
import { fileOfRevision } from "../steps/configuration/file-of-revision.ts";

interface ConfigurationAt {
  /** The settings of this host with the file of that revision. */
  readonly config: Config;
  readonly git: GitFile;
}

/**
 * The settings that this host would have with a revision of the configuration.
 * @param named a hash or its beginning, a branch or a tag; without it the branch that is deployed.
 * @throws ConfigError if this host could not load it; UsageError if fraises.yaml does not come from git.
 */
export async function configurationAt(app: App, named: string | undefined): Promise<ConfigurationAt> {
  const { config, host } = app;
  const target = config.targets.find((each) => targetName(each) === config.configuration?.target);
  if (target === undefined) {
    throw new UsageError(`${config.file} names no fraise of type: configuration`, {
      hint: "docs/configuration-from-git.md says how fraises.yaml comes from a repository.",
    });
  }
  const wanted = await wantedRevision(app, target, askedBy(named));
  await using source = await openSource(app, target, wanted, AbortSignal.timeout(target.settings.timeout));
  const { mirror, revision } = source;
  const file = String(target.settings["file"]);
  const text = await fileOfRevision(host.git, { mirror, revision, path: file });
  const git = { revision, file, text };
  return { config: await loadConfig(config.file, families, { git }), git };
}

/** A name that looks like the beginning of a hash is taken for one. */
function askedBy(named: string | undefined): Asked {
  if (named === undefined) return {};
  return /^[0-9a-f]{7,64}$/i.test(named) ? { revision: named } : { ref: named };
}
