import type { Launch } from "./launcher.ts";

/** This same program again: from source or built, with the same Node and the same flags. */
export function runnerCommand({
  deployment,
  configFile,
}: Pick<Launch, "deployment" | "configFile">): [string, ...string[]] {
  const program = process.argv[1];
  if (program === undefined) throw new Error("fraisier does not know its own file");
  return [process.execPath, ...process.execArgv, program, "run", deployment, "--config", configFile];
}
