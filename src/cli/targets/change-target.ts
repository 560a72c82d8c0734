import type { Config, Target } from "../../config/config.ts";
import { addForge, addTarget, forgesIn, updateTarget } from "../../config/edit/edit-target.ts";
import type { TargetEdit } from "../../config/edit/edit-target.ts";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { forges } from "../../forges/index.ts";
import { localHost } from "../../host/local-host.ts";
import type { Invocation } from "../command-entry.ts";
import { repositoryOf } from "../init/repository-of.ts";
import { groupOfApp, unitFacts } from "../init/unit-facts.ts";
import type { UnitFacts } from "../init/unit-facts.ts";
import { makeWebhookSecret, missingWebhookSecret } from "../init/webhook-secret.ts";
import { makeFolderCommand, serviceUser } from "../machine/make-folder-command.ts";
import { providersNamed } from "../forges/providers-of.ts";
import { assignments } from "../editing/assignments.ts";
import { editFile } from "../editing/edit-file.ts";
import { namesOf } from "./target-command.ts";
import type { TargetOptions } from "./target-command.ts";

/** `fraisier target add <fraise> <environment> --branch … --app-path …`. */
export async function addToFile(invocation: Invocation<TargetOptions>): Promise<number> {
  const [fraise, environment] = namesOf("add", invocation.args);
  const bare = bareRepository(invocation.options.cloneUrl);
  const edit = editOf(bare === undefined ? invocation.options : ofBareRepository(invocation.options, bare));
  const { config } = await editFile(
    invocation,
    (document, asText) => {
      const isNew = !document.hasIn(["fraises", fraise]);
      if (isNew && !edit.ofFraise.has("repository"))
        throw new UsageError(`${fraise} is a new fraise: --repository is missing`, { hint: "--repository owner/name" });
      // The only type that a new fraise can have without a word more.
      const ofFraise = isNew ? new Map([["type", "api"], ...edit.ofFraise]) : new Map(edit.ofFraise);
      if (bare !== undefined && ofFraise.get("git.provider") === "git") {
        addForge(document, "git", "webhook_secret", BARE_SECRET);
        // The only forge that is configured needs no name.
        if (invocation.options.forge === undefined && forgesIn(document).length === 1) ofFraise.delete("git.provider");
      }
      addTarget(document, fraise, environment, { ...edit, ofFraise, asText });
    },
    `${fraise}/${environment} is added`,
    async (planned) => await afterAdding(planned.config, { fraise, environment }, bare),
  );
  const secret =
    bare === undefined || invocation.options.dryRun === true ? undefined : missingWebhookSecret(config, "git");
  if (secret !== undefined) {
    await makeWebhookSecret(secret, config.file);
    if (!invocation.print.isJson)
      invocation.print.line(`${secret.file} has a new secret ${secret.variable}: put it into the hook's secret file`);
  }
  return 0;
}

const BARE_SECRET = "GIT_WEBHOOK_SECRET";

/** The folder of a repository on this machine; undefined for a remote one. */
function bareRepository(cloneUrl: string | undefined): string | undefined {
  const path = cloneUrl?.replace(/^file:\/\//, "");
  return path?.startsWith("/") === true ? path : undefined;
}

/** Its hook sends the folder's name, unless git's configuration names another one. */
function ofBareRepository(options: TargetOptions, folder: string): TargetOptions {
  const repository = options.repository ?? repositoryOf(folder, forges)?.repository;
  return { ...options, forge: options.forge ?? "git", ...(repository === undefined ? {} : { repository }) };
}

async function afterAdding(
  config: Config,
  { fraise, environment }: Pick<TargetKey, "fraise" | "environment">,
  bare: string | undefined,
): Promise<readonly string[]> {
  const user = await serviceUser(config.deployment.state_directory);
  const added = config.targets.filter((each) => each.fraise === fraise && each.environment === environment);
  const name = added[0]?.subscription.repository ?? "";
  const [hook] = bare === undefined ? [] : providersNamed(config, "git", { repository: bare, name });
  const folders: string[] = [];
  for (const { settings } of added)
    folders.push(makeFolderCommand(settings.app_path, user, groupOfApp(await unitOf(settings.service), user)));
  return [...folders, ...(hook?.setup.commands ?? []), "sudo systemctl reload fraisier", "sudo fraisier doctor"];
}

/** Undefined if the service is no unit of the system's manager, or systemd does not know it (yet). */
async function unitOf(service: Target["settings"]["service"]): Promise<UnitFacts | undefined> {
  if (service?.manager !== "systemd" || service.unit === undefined || service["scope"] === "user") return undefined;
  return await unitFacts(service.unit, localHost(), { PATH: process.env["PATH"] ?? "" }).catch(() => undefined);
}

/** `fraisier target update <fraise> <environment> --set key.path=value --unset key.path`. */
export async function updateInFile(invocation: Invocation<TargetOptions>): Promise<number> {
  const [fraise, environment] = namesOf("update", invocation.args);
  const edit = editOf(invocation.options);
  if (edit.ofFraise.size + edit.set.size + edit.unset.length === 0)
    throw new UsageError("what is to change?", { hint: "--set key.path=value, --unset key.path, --branch …" });
  await editFile(
    invocation,
    (document, asText) => updateTarget(document, fraise, environment, { ...edit, asText }),
    `${fraise}/${environment} is changed`,
  );
  return 0;
}

function editOf(options: TargetOptions): TargetEdit {
  const ofFraise = given([
    ["type", options.type],
    ["description", options.description],
    ["repository", options.repository],
    ["clone_url", options.cloneUrl],
    ["git.provider", options.forge],
  ]);
  const set = given([
    ["branch", options.branch],
    ["app_path", options.appPath],
    ["systemd_service", options.service],
    ["health_check.url", options.healthUrl],
    ...assignments(options.set),
  ]);
  return { ofFraise, set, unset: options.unset };
}

function given(entries: readonly (readonly [string, string | undefined])[]): ReadonlyMap<string, string> {
  return new Map(entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
}
