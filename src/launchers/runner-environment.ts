import type { Launch } from "./launcher.ts";

/** The environment of a runner: that of this process without what is withheld from runners. */
export function runnerEnvironment(kind: string, { withheld = [] }: Pick<Launch, "withheld">): Record<string, string> {
  const env = { ...process.env, FRAISIER_RUNNER: kind } as Record<string, string>;
  for (const name of withheld) delete env[name];
  return env;
}
