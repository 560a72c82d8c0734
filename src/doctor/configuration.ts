import type { Config } from "../config/config.ts";
import { short } from "../domain/decision.ts";
import { ConfigError } from "../domain/errors.ts";
import { failed, fine, warned } from "./diagnosis.ts";
import type { Examination } from "./diagnosis.ts";
import { thrown } from "./examine.ts";
import { counted } from "../domain/counted.ts";

/** Whether fraises.yaml can be read, and what is doubtful in it. */
export const configuration: Examination = {
  name: "fraises.yaml",
  async examine({ config, configError }) {
    if (config === undefined) {
      if (!(configError instanceof ConfigError) || configError.problems.length === 0)
        return [thrown("fraises.yaml", configError)];
      const { hint } = configError;
      return configError.problems.map(({ file, line, column, message, severity }) => {
        const finding = severity === "error" ? failed : warned;
        return finding(
          "fraises.yaml",
          `${file}:${line}:${column}: ${message}`,
          hint ?? `Edit ${file}, then fraisier config validate.`,
        );
      });
    }
    const warnings = config.warnings.map(({ file, line, column, message }) =>
      warned("fraises.yaml", `${file}:${line}:${column}: ${message}`, `Edit ${file}, then fraisier config validate.`),
    );
    const origin = originOf(config);
    const count = config.targets.length;
    if (count > 0)
      return [fine("fraises.yaml", `${config.file} has ${counted(count, "target")}${origin}`), ...warnings];
    return [fine("fraises.yaml", `${config.file} has no fraises yet: fraisier init writes the first one`), ...warnings];
  },
};

/** The revision of the file from git, if there is one. */
function originOf({ configuration }: Config): string {
  if (configuration === undefined) return "";
  const { revision, target, file } = configuration;
  return revision === undefined
    ? `; no revision of ${target} was deployed yet, so it counts alone`
    : `, with ${file} of revision ${short(revision)} of ${target}`;
}
