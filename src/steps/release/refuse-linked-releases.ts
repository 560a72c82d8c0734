import { HostUnavailable } from "../../domain/errors.ts";
import type { StepContext } from "../capabilities.ts";

interface LinkContext {
  readonly places: StepContext<never>["places"];
  readonly host: StepContext<"files">["host"];
}

/** @throws HostUnavailable if `releases` is a symbolic link: what is removed there would be removed wherever it leads. */
export async function refuseLinkedReleases(context: LinkContext): Promise<void> {
  const problem = await linkedReleases(context);
  if (problem !== undefined) throw new HostUnavailable(problem.problem, { hint: problem.hint });
}

/** The link as a problem to be told. */
export async function linkedReleases({
  places,
  host: { files },
}: LinkContext): Promise<{ readonly problem: string; readonly hint: string } | undefined> {
  const link = await files.readLink(places.releases);
  if (link === undefined) return undefined;
  return {
    problem: `${places.releases} is a symbolic link (to ${link}), and fraisier makes and removes folders there`,
    hint: "Make it a folder. To keep releases on another disk, mount that disk there, or set app_path to a folder on it.",
  };
}
