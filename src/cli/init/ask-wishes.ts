import { UsageError } from "../../domain/errors.ts";
import { needsPublicUrl } from "../../forges/setup.ts";
import type { NamedForge } from "../forges/instances-of.ts";
import { cancel, confirm, isCancel, select, text } from "../prompt/prompts.ts";
import { fraiseName } from "./first-target.ts";
import type { Wishes } from "./first-target.ts";

/** Asks a person at a terminal for what is not known yet, with what is likely as the answer of the Enter key. */
export async function askWishes(
  wishes: Wishes,
  forges: readonly NamedForge[],
  publicUrl: string | undefined,
): Promise<Wishes> {
  const forge =
    wishes.forge ??
    (await answered(
      select({
        message: "Which forge do the pushes come from?",
        options: forges.map(({ name, forge: { name: own, title } }) => ({
          value: name,
          label: name === own ? title : `${name} (${title})`,
        })),
      }),
    ));
  const repository = wishes.repository ?? (await line("Repository, as the forge writes it", "acme/shop", undefined));
  const fraise = wishes.fraise ?? (await line("Name of the fraise", "shop", fraiseName(repository)));
  const branch = wishes.branch ?? (await line("Branch to deploy", "main", "main"));
  const appPath =
    wishes.appPath ??
    (await line("Folder on this machine, which each target has for itself", "/srv/shop", `/srv/${fraise}`));
  const service = wishes.service ?? (await optional("Unit of systemd to restart (empty: none)", "shop.service"));
  const healthUrl =
    wishes.healthUrl ??
    (await optional("URL that answers when the service is well (empty: none)", "http://127.0.0.1:8000/health"));
  const url = wishes.publicUrl ?? publicUrl;
  const isAsked = url === undefined && forges.some((each) => each.name === forge && needsPublicUrl(each.forge));
  const asked = isAsked
    ? await optional("Address by which the forge reaches this machine (empty: later)", "https://deploy.example.com")
    : undefined;
  return {
    ...wishes,
    forge,
    repository,
    fraise,
    branch,
    appPath,
    service,
    healthUrl,
    publicUrl: asked ?? wishes.publicUrl,
  };
}

/** @throws UsageError if the person says no. */
export async function askToWrite(file: string): Promise<void> {
  if (!(await answered(confirm({ message: `Write this to ${file}?` })))) throw new UsageError("nothing was written");
}

async function line(message: string, placeholder: string, likely: string | undefined): Promise<string> {
  const validate = (value: string | undefined): string | undefined =>
    (value ?? "").trim() === "" ? "This is needed." : undefined;
  const options = likely === undefined ? { placeholder } : { initialValue: likely };
  return (await answered(text({ message, validate, ...options }))).trim();
}

async function optional(message: string, placeholder: string): Promise<string | undefined> {
  const given = (await answered(text({ message, placeholder, defaultValue: "" }))).trim();
  return given === "" ? undefined : given;
}

async function answered<Value>(question: Promise<Value>): Promise<Exclude<Value, symbol>> {
  const answer = await question;
  if (!isCancel(answer)) return answer as Exclude<Value, symbol>;
  cancel("nothing was written");
  throw new UsageError("nothing was written: a question was not answered");
}
