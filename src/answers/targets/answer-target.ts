import type { Config, Target } from "../../config/config.ts";
import { secretValues } from "../../config/secrets/secrets.ts";
import { showConfig } from "../../config/show.ts";
import { settingOrigins } from "../../config/targets/setting-origins.ts";
import { targetName } from "../../domain/fraise.ts";
import { redactor } from "../../domain/redact.ts";
import type { Host } from "../../host/host.ts";
import { placesOf } from "../../pipeline/places.ts";
import type { TargetDocument } from "../schemas/target-document.ts";
import type { Sources } from "../sources.ts";
import { answerStatus } from "./answer-status.ts";
import { missingVariables } from "./missing-variables.ts";

type Shown = Omit<TargetDocument, "version" | "target" | "file" | "origins" | "status">;

/** Everything that is in force for a target. @param host undefined if the host is not to be asked. */
export async function answerTarget(
  sources: Sources,
  target: Target,
  { host }: { readonly host: Host | undefined },
): Promise<TargetDocument | undefined> {
  const { config, store } = sources;
  const { fraise, environment, job } = target;
  const { targets } = await answerStatus(sources, { targets: { fraise, environment, job }, host });
  const [status] = targets;
  if (status === undefined) return undefined;
  const { targets: shown } = showConfig({ ...config, targets: [target] }) as { targets: readonly Shown[] };
  const [settings] = shown;
  if (settings === undefined) return undefined;
  const document: TargetDocument = {
    version: 1,
    target: targetName(target),
    file: config.file,
    ...settings,
    origins: settingOrigins(config, target).map(({ key, value, from, place }) => ({
      key,
      value,
      from,
      file: place?.file ?? null,
      line: place?.line ?? null,
    })),
    variables: (await store.variables.of(target)).map(({ name, job: own, updatedAt, updatedBy }) => ({
      name,
      job: own,
      updated_at: updatedAt,
      updated_by: updatedBy,
    })),
    missing_variables: [...(await missingVariables(sources, target))],
    units: unitsOf(target),
    folders: foldersOf(config, target),
    migrations: await migrationsOf(sources, target),
    status,
  };
  return withoutSecrets(document, redactor(secretValues(config))) as TargetDocument;
}

function unitsOf({ settings: { service, job } }: Target): string[] {
  return [
    ...(service?.unit === undefined ? [] : [service.unit]),
    ...(job === undefined ? [] : [job.timer, job.service]),
  ];
}

function foldersOf({ deployment }: Config, target: Target): Record<string, string> {
  const { app, releases, current, shared, mirror, copies } = placesOf(target, "", deployment.state_directory);
  return { app, releases, current, shared, mirror, ...(target.settings.job === undefined ? {} : { copies }) };
}

async function migrationsOf({ store }: Sources, target: Target): Promise<TargetDocument["migrations"]> {
  if (target.settings.database === undefined) return null;
  const runs = await store.databases.migrationStatus(target);
  return runs.map(({ migration, status, appliedAt }) => ({ migration, status, applied_at: appliedAt ?? null }));
}

/** A command or an address may hold a secret that stands elsewhere in the file. */
function withoutSecrets(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(each, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutSecrets(each, redact)]));
}
