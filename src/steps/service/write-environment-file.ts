import { basename, dirname, join } from "node:path";
import { UsageError } from "../../domain/errors.ts";
import type { StepContext } from "../capabilities.ts";
import type { Step } from "../step.ts";
import { counted } from "../../domain/counted.ts";

/** Writes the target's variables where the service's unit reads them, before it restarts. The file that stood there is kept beside it. */
export const writeEnvironmentFile: Step<"facts" | "files" | "variables"> = {
  name: "write-environment-file",
  phase: "creating_symlinks",
  describe: ({ target }) => `Write the target's variables to ${fileOf(target)} (0600)`,
  async run({ target, variables, host, facts, remember, log }) {
    const file = fileOf(target);
    // The file itself under a second name: the journal must not hold what it says.
    if (!("kept" in facts)) await remember({ kept: await host.files.keep(file, keptBeside(file)) });
    await host.files.writeSecret(file, environmentFileText(variables), target.settings.user);
    log(`${file} has ${counted(variables.size, "variable")}`);
  },
  async undo({ target, host, facts, log }) {
    const file = fileOf(target);
    if (facts["kept"] === true) {
      // Not there: an earlier undo has put it back already.
      if (!(await host.files.exists(keptBeside(file)))) return;
      await host.files.rename(keptBeside(file), file);
      log(`${file} is what it was before`);
    } else if (facts["kept"] === false) {
      await host.files.remove(file);
      log(`${file} removed: there was none before`);
    }
  },
};

/** The quoting that systemd and a shell's `.` read alike (systemd.exec(5), EnvironmentFile=): in double quotes, line breaks as they are. */
export function environmentFileText(variables: ReadonlyMap<string, string>): string {
  const lines = [...variables].map(([name, value]) => `${name}="${value.replaceAll(/["\\$`]/g, String.raw`\$&`)}"\n`);
  return `# Written by fraisier with each deployment; set variables with fraisier env.\n${lines.join("")}`;
}

function fileOf({ settings }: StepContext<never>["target"]): string {
  if (settings.environment_file === undefined) throw new UsageError("environment_file is not set");
  return settings.environment_file;
}

function keptBeside(file: string): string {
  return join(dirname(file), `.${basename(file)}.before`);
}
