import { checkSecrets } from "../config/secrets/secrets.ts";
import type { ConfigProblem } from "../domain/errors.ts";
import { targetName } from "../domain/fraise.ts";
import { setCommand } from "../domain/variable.ts";
import { failed, fine, skipped } from "./diagnosis.ts";
import type { Examination, Finding, Patient } from "./diagnosis.ts";
import { counted } from "../domain/counted.ts";

/** Every secret that fraises.yaml names, and every variable that a target requires. */
export const secrets: Examination = {
  name: "secrets",
  async examine(patient) {
    const { config, targets } = patient;
    if (config === undefined) return [skipped("secrets", "fraises.yaml cannot be read")];
    const names = new Map<string, readonly string[]>();
    for (const target of targets) names.set(targetName(target), await variableNames(patient, target));
    const problems = checkSecrets({ ...config, targets }, (target) => names.get(targetName(target)) ?? []);
    const missing = Object.values(Object.groupBy(problems, ({ message }) => message)).flatMap(missingSecret);
    const required = targets.flatMap((target) =>
      requiredVariables(patient, target, names.get(targetName(target)) ?? []),
    );
    if (missing.length + required.length > 0) return [...missing, ...required];
    return [fine("secrets", "every secret and every required variable has a value")];
  },
};

/** A missing secret is a single finding, however many places name it. */
function missingSecret([first, ...others]: readonly ConfigProblem[] = []): readonly Finding[] {
  if (first === undefined) return [];
  const { file, line, column, message } = first;
  const more = others.length === 0 ? "" : ` (and ${counted(others.length, "more place")})`;
  const isVariable = message.startsWith("the environment variable");
  const remedy = isVariable
    ? "Put NAME=value into webhook-secrets (for webhooks) or environment (for targets) beside fraises.yaml, then sudo systemctl reload fraisier."
    : "Put the file there, readable for the service's user, then sudo systemctl reload fraisier.";
  return [failed("secrets", `${file}:${line}:${column}: ${message}${more}`, remedy)];
}

async function variableNames({ store }: Patient, target: Parameters<typeof targetName>[0]): Promise<readonly string[]> {
  return ((await store?.variables.of(target)) ?? []).map(({ name }) => name);
}

function requiredVariables(
  { env }: Patient,
  target: Patient["targets"][number],
  set: readonly string[],
): readonly Finding[] {
  return target.settings.required_env_vars
    .filter((name) => !set.includes(name) && (env[name] ?? "") === "")
    .map((name) =>
      failed("variables", `${targetName(target)} requires ${name}, which is not set`, setCommand(target, name)),
    );
}
