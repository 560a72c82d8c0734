import type { PreviewContext } from "./capabilities.ts";
import { messageOf } from "../domain/message-of.ts";

/** The things that `needs:` asks for and that are missing, a sentence each. */
export async function unmetNeeds({
  target,
  host,
  env,
  unit,
}: PreviewContext<"env" | "processes" | "service">): Promise<readonly string[]> {
  const { units, commands } = target.settings.needs;
  const problems: string[] = [];
  for (const name of units) {
    const service = unit(name);
    try {
      const { up, description } = await service.state();
      if (!up) problems.push(`${service.name} is ${description}, and needs says it must be up`);
    } catch (error) {
      // No systemd, or it does not answer: then nobody knows that the unit is up.
      problems.push(`${service.name}: ${messageOf(error)}`);
    }
  }
  const missing: string[] = [];
  for (const name of commands) {
    if ((await host.processes.find(name, env["PATH"])) === undefined) missing.push(name);
  }
  if (missing.length > 0) problems.push(`not on PATH: ${missing.join(", ")}`);
  return problems;
}
