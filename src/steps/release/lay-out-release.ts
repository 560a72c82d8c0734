import { dirname, join, relative } from "node:path";
import { StepFailed } from "../../domain/errors.ts";
import { namedUsers } from "../../domain/named-users.ts";
import { linkOnTheWay } from "./link-on-the-way.ts";
import { removeOldReleases } from "./prune-releases.ts";
import { projectType } from "../build/project-type.ts";
import type { StepContext } from "../capabilities.ts";
import type { Step } from "../step.ts";

const PROGRESS_MS = 1_000;

/** Writes the revision's files into a release folder of their own, with links to what releases share. */
export const layOutRelease: Step<"clock" | "facts" | "files" | "git" | "progress" | "releases"> = {
  name: "lay-out-release",
  phase: "copying_files",
  describe: ({ places, target }) =>
    `Write the revision into ${places.releases}/<deployment>` +
    (target.settings.shared.length === 0 ? "" : `, with links to shared ${target.settings.shared.join(", ")}`),
  async run(context) {
    const { deployment, places, host, remember, log } = context;
    await removeOldReleases(context);
    const unfinished = `${places.release}.unfinished`;
    // A run that died half way left something here: it is made anew, whole.
    await host.files.remove(unfinished);
    await host.files.remove(places.release);
    await makeFolderOfReleases(context);
    try {
      await writeRelease(context, unfinished);
    } catch (error) {
      // Half a release is useless, and may be what fills the disk.
      await host.files.remove(unfinished).catch((again: unknown) => log(`${unfinished} is left: ${String(again)}`));
      throw error;
    }
    await host.files.rename(unfinished, places.release);
    await remember({ commit: deployment.revision, release: places.release });
    log(`release ${places.release}`);
  },
};

/** If root deploys for a user (`user:`), the folder in which releases lie, or what they share, becomes that user's: commands write there. */
async function makeOwnFolder({ target, host }: StepContext<"files">, folder: string): Promise<void> {
  await host.files.makeFolder(folder);
  if (target.settings.user !== undefined) await host.files.give(folder, target.settings.user);
}

/** Commands of another user may write in a release, but not put another one in its place. */
async function makeFolderOfReleases(context: StepContext<"files">): Promise<void> {
  const { places, target } = context;
  const umask = process.umask();
  if (namedUsers(target.settings).length > 0) process.umask(umask | 0o022);
  try {
    await makeOwnFolder(context, places.releases);
  } finally {
    process.umask(umask);
  }
}

async function writeRelease(
  context: StepContext<"clock" | "files" | "git" | "progress">,
  folder: string,
): Promise<void> {
  const { deployment, target, places, host, progress } = context;
  const { files, bytes } = await host.git.measure(places.mirror, deployment.revision);
  let toldMs = host.clock.monotonicMs();
  await host.git.exportRevision(places.mirror, deployment.revision, folder, (written) => {
    // A person who waits for a large repository sees it move; each row costs a write to the store.
    if (host.clock.monotonicMs() - toldMs < PROGRESS_MS) return;
    toldMs = host.clock.monotonicMs();
    progress((0.8 * written) / Math.max(files, 1), { files: written, files_total: files, bytes_total: bytes });
  });
  const type = projectType(await host.files.list(folder));
  progress(0.8, {
    commit: deployment.revision,
    files,
    files_total: files,
    bytes,
    bytes_total: bytes,
    ...(type === undefined ? {} : { project_type: type }),
  });
  if (target.settings.shared.length > 0) await makeOwnFolder(context, places.shared);
  for (const path of target.settings.shared) {
    const way = await linkOnTheWay(host.files, folder, dirname(path));
    if (way !== undefined) {
      throw new StepFailed(`shared ${path} would not lie in the release: ${way} is a symbolic link in the repository`, {
        hint: `Make ${way} a folder in the repository, or share ${way} itself.`,
      });
    }
    const shared = join(places.shared, path);
    const link = join(folder, path);
    if (!(await host.files.exists(shared))) {
      if ((await host.files.exists(link)) && (await host.files.readLink(link)) === undefined) {
        // The first release brings what is shared from then on; a link would be one into the unknown.
        await host.files.makeFolder(dirname(shared));
        await host.files.rename(link, shared);
      } else if (path.includes(".") && !path.endsWith("/")) {
        throw new StepFailed(`${shared} is missing`, {
          hint: "Put the shared file there first: every release links to it.",
        });
      } else {
        await host.files.makeFolder(shared);
      }
    }
    await host.files.remove(link);
    await host.files.makeFolder(dirname(link));
    // From where the release will be, not from where it is being written: both have the same depth.
    await host.files.switchLink(link, relative(dirname(link), shared));
  }
}
