import type { Config, Target } from "../../../config/config.ts";
import { addForge, addTarget, forgesIn } from "../../../config/edit/edit-target.ts";
import { UsageError } from "../../../domain/errors.ts";
import { forges } from "../../../forges/index.ts";
import { localHost } from "../../../host/local-host.ts";
import type { Invocation } from "../../command-entry.ts";
import type { Change } from "../../editing/edit-file.ts";
import { editFile } from "../../editing/edit-file.ts";
import type { EditOptions } from "../../editing/edit-options.ts";
import { editOf } from "../../editing/edit-options.ts";
import type { EditedPlace } from "../../editing/edited-place.ts";
import { newPlace } from "../../editing/edited-place.ts";
import { providersNamed } from "../../forges/providers-of.ts";
import { repositoryOf } from "../../init/repository-of.ts";
import { groupOfApp, unitFacts } from "../../init/unit-facts.ts";
import type { UnitFacts } from "../../init/unit-facts.ts";
import { makeWebhookSecret, missingWebhookSecret } from "../../init/webhook-secret.ts";
import { makeFolderCommand, serviceUser } from "../../machine/make-folder-command.ts";

/** `fraisier target add <target> --branch … --app-path …`. */
export async function run(invocation: Invocation<EditOptions>): Promise<number> {
  const { args, options, print } = invocation;
  const place = newPlace(args);
  const bare = bareRepository(options.cloneUrl);
  const { config } = await editFile(invocation, {
    change: addition(place, options, bare),
    done: `${place.fraise}/${place.environment} is added`,
    next: async (planned) => await afterAdding(planned.config, place, bare),
  });
  const secret = bare === undefined || options.dryRun === true ? undefined : missingWebhookSecret(config, "git");
  if (secret !== undefined) {
    await makeWebhookSecret(secret, config.file);
    if (!print.isJson)
      print.line(`${secret.file} has a new secret ${secret.variable}: put it into the hook's secret file`);
  }
  return 0;
}

const BARE_SECRET = "GIT_WEBHOOK_SECRET";

/** @param bare the folder of a repository on this machine. */
function addition({ fraise, environment }: EditedPlace, options: EditOptions, bare: string | undefined): Change {
  const edit = editOf(bare === undefined ? options : ofBareRepository(options, bare));
  return (document, asText) => {
    const isNew = !document.hasIn(["fraises", fraise]);
    if (isNew && !edit.ofFraise.has("repository"))
      throw new UsageError(`${fraise} is a new fraise: --repository is missing`, { hint: "--repository owner/name" });
    // The only type that a new fraise can have without a word more.
    const ofFraise = isNew ? new Map([["type", "api"], ...edit.ofFraise]) : new Map(edit.ofFraise);
    if (bare !== undefined && ofFraise.get("git.provider") === "git") {
      addForge(document, "git", "webhook_secret", BARE_SECRET);
      // The only forge that is configured needs no name.
      if (options.forge === undefined && forgesIn(document).length === 1) ofFraise.delete("git.provider");
    }
    addTarget(document, fraise, environment, { ...edit, ofFraise, asText });
  };
}

/** The folder of a repository on this machine; undefined for a remote one. */
function bareRepository(cloneUrl: string | undefined): string | undefined {
  const path = cloneUrl?.replace(/^file:\/\//, "");
  return path?.startsWith("/") === true ? path : undefined;
}

/** Its hook sends the folder's name, unless git's configuration names another one. */
function ofBareRepository(options: EditOptions, folder: string): EditOptions {
  const repository = options.repository ?? repositoryOf(folder, forges)?.repository;
  return { ...options, forge: options.forge ?? "git", ...(repository === undefined ? {} : { repository }) };
}

async function afterAdding(
  config: Config,
  { fraise, environment }: EditedPlace,
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
