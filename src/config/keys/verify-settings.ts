import { z } from "zod";
import type { Draft, MakeSecret } from "../targets/draft.ts";
import type { Families } from "../families.ts";
import type { Fields } from "./fields.ts";
import { means } from "./means.ts";
import { withSecrets } from "./with-secrets.ts";
import type { Path } from "../file/locate.ts";
import type { Problems } from "../file/problems.ts";
import type { CheckSettings, EnvironmentSettings, VerifySettings } from "../settings.ts";

export type RawVerify = z.output<ReturnType<typeof verifyFields>["verify"]>;

const SUITE_TIMEOUT_MS = 120_000;

/** `verify:`, a list of checks or a map with `checks` in it. Each kind of check hands in its own keys. */
export function verifyFields({ checks }: Families, fields: Fields) {
  const onFailure = z.enum(["rollback", "warn"]);
  const kinds = checks.map((check) =>
    z.strictObject({
      type: z.literal(check.type).describe("The kind of check"),
      name: fields.text.optional().meta(means("For people", "the subject of the check")),
      timeout: fields.duration.optional().meta(means("How long the check may take", `\`${check.timeoutMs / 1000}s\``)),
      on_failure: onFailure.optional().meta(means("The consequence if this check fails", "`verify.on_failure`")),
      ...check.settings(fields),
    }),
  );
  const [first, ...others] = kinds;
  const check = first === undefined ? z.never() : z.discriminatedUnion("type", [first, ...others]);
  const suite = z.strictObject({
    on_failure: onFailure
      .default("rollback")
      .describe("A check that fails takes the deployment back, or is only recorded and shown"),
    timeout: fields.duration.default(SUITE_TIMEOUT_MS).describe("How long all checks together may take"),
    base_url: fields.text
      .optional()
      .meta(means("The URL that `path` of a check is relative to", "scheme, host and port of `health_check.url`")),
    checks: z.array(check).describe("The checks, made one after the other"),
  });
  return {
    verify: z
      .union([
        z.array(check).transform((list): z.output<typeof suite> => ({
          on_failure: "rollback",
          timeout: SUITE_TIMEOUT_MS,
          checks: list,
        })),
        suite,
      ])
      .optional()
      .describe(
        "Checks of what went live, and by `fraisier verify`: a list of them will do, instead of a map with `checks`",
      ),
  };
}

/** Defaults filled in, secrets made. */
export function verifySettings(
  raw: RawVerify,
  healthUrl: string | undefined,
  secret: MakeSecret,
): VerifySettings | undefined {
  if (raw === undefined || raw.checks.length === 0) return undefined;
  const { on_failure, timeout, base_url } = raw;
  const origin = healthUrl === undefined ? undefined : URL.parse(healthUrl)?.origin;
  return {
    on_failure,
    timeout,
    base_url: base_url ?? (origin === "null" ? undefined : origin),
    checks: (raw.checks as readonly CheckSettings[]).map((check) => ({
      ...withSecrets(check, secret),
      name: check.name,
      timeout: check.timeout,
      on_failure: (check.on_failure as CheckSettings["on_failure"] | undefined) ?? on_failure,
    })),
  };
}

/** Complaints that no check can make alone: a key that it needs is missing beside it. */
export function checkVerify(
  settings: EnvironmentSettings,
  path: Path,
  { families: { checks, serviceManagers }, problems }: Draft,
): void {
  const { service, verify } = settings;
  const manager = serviceManagers.find(({ name }) => name === service?.manager);
  const around = {
    hasBaseUrl: verify?.base_url !== undefined,
    hasService: service !== undefined,
    hasServiceLog: service !== undefined && manager?.keepsOutput(service) === true,
  };
  for (const [index, check] of (verify?.checks ?? []).entries()) {
    const kind = checks.find(({ type }) => type === check.type);
    const complaint = kind?.complaint?.(check, around);
    if (complaint === undefined) continue;
    problems.of(verifyPath(path, index, problems), ` (${check.type}) ${complaint}`);
  }
}

/** The place of the check in the file: with its environment, or with the fraise for all of them; in a list, or in a map. */
function verifyPath(environment: Path, index: number, problems: Problems): Path {
  const places = [environment, environment.slice(0, 2)].flatMap((path) => [
    [...path, "verify", "checks", index],
    [...path, "verify", index],
  ]);
  return places.find((path) => problems.has(path)) ?? environment;
}
