import { dirname } from "node:path";
import { StepFailed } from "../domain/errors.ts";
import { setCommand } from "../domain/variable.ts";
import type { Host } from "../host/host.ts";
import type { Step } from "./step.ts";

/** Everything that can be known to fail is found before anything is touched, and all of it is named. */
export const checkRequirements: Step = {
  name: "check-requirements",
  phase: "checking",
  describe: ({ target }) =>
    `Check that ${target.settings.app_path} is writable, ${mebibytes(target.settings.min_free_space)} MiB are free` +
    (target.settings.required_env_vars.length === 0 ? "" : `, and ${target.settings.required_env_vars.join(", ")} set`),
  async run({ target, places, host, env, log }) {
    const { settings } = target;
    const problems: string[] = [];
    const missing = settings.required_env_vars.filter((name) => (env[name] ?? "") === "");
    if (missing.length > 0) problems.push(`required_env_vars not set: ${missing.join(", ")}`);
    if (!(await host.files.isWritable(places.app))) problems.push(`${places.app} is not writable for this user`);
    const free = await host.files.freeBytes(places.app);
    if (free < settings.min_free_space) {
      problems.push(
        `${places.app} has ${mebibytes(free)} MiB free, ${mebibytes(settings.min_free_space)} are required`,
      );
    }
    if (settings.layout === "in_place" && !(await host.files.exists(places.mirror))) {
      problems.push(`${places.app} is not a git checkout, which layout: in_place needs`);
    }
    const { environment_file: file } = settings;
    if (file !== undefined && !(await isFolderFor(host, file)))
      problems.push(`${file} cannot be written: ${dirname(file)} is missing or not writable for this user`);
    if (problems.length > 0) {
      const commands = missing.map((name) => `${setCommand(target, name)}\n`).join("");
      throw new StepFailed(problems.join("; "), {
        hint: `${commands}Nothing was touched. Mend this and deploy again.`,
      });
    }
    log(`${mebibytes(free)} MiB free in ${places.app}`);
  },
};

async function isFolderFor({ files }: Host, file: string): Promise<boolean> {
  return (await files.exists(dirname(file))) && (await files.isWritable(dirname(file)));
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}
