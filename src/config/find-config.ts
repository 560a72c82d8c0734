import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../domain/errors.ts";

const EVERYWHERE = "/etc/fraisier/fraises.yaml";

/**
 * The configuration file: what `-c` says, else `$FRAISIER_CONFIG`, else ./fraises.yaml, else /etc/fraisier/fraises.yaml.
 * @throws UsageError that says where it looked.
 */
export function findConfig(
  explicit: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const named = explicit ?? (env["FRAISIER_CONFIG"] === "" ? undefined : env["FRAISIER_CONFIG"]);
  if (named !== undefined) {
    if (existsSync(named)) return resolve(named);
    throw new UsageError(`there is no ${named}`, {
      hint: explicit === undefined ? "$FRAISIER_CONFIG names it." : "Give --config the path of a fraises.yaml.",
    });
  }
  for (const place of ["fraises.yaml", EVERYWHERE]) if (existsSync(place)) return resolve(place);
  throw new UsageError("no fraises.yaml was found", {
    hint: `Looked at --config, $FRAISIER_CONFIG, ${resolve("fraises.yaml")} and ${EVERYWHERE}. The commented example comes with fraisier.`,
  });
}
