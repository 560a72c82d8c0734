import { existsSync } from "node:fs";
import { readConfig } from "../../compose/app.ts";
import type { Config } from "../../config/config.ts";
import { ConfigError, UsageError } from "../../domain/errors.ts";
import { forges } from "../../forges/index.ts";
import type { Invocation } from "../command-entry.ts";
import { askToWrite, askWishes } from "../init/ask-wishes.ts";
import { complete, writeFirstTarget } from "../init/first-target.ts";
import type { FirstTarget } from "../init/first-target.ts";
import { nextCommands } from "../init/next-commands.ts";
import { forgeNames, forgeUnder, instancesOf } from "../forges/instances-of.ts";
import type { NamedForge } from "../forges/instances-of.ts";
import { makeWebhookSecret, missingWebhookSecret } from "../init/webhook-secret.ts";
import { serviceUser } from "../machine/make-folder-command.ts";
import type { Print } from "../print/print.ts";
import { printProvider, providerJson } from "../forges/print-provider.ts";
import { providersNamed } from "../forges/providers-of.ts";
import type { Provider } from "../forges/providers-of.ts";
import { showDiff } from "../print/show-diff.ts";
import { planEdit, writeEdit } from "../editing/edit-file.ts";
import { knownWishes } from "../init/known-wishes.ts";
import type { InitOptions } from "../init/known-wishes.ts";

interface Options extends InitOptions {
  readonly yes?: boolean;
}

/** `fraisier init`: the first target, from a unit of systemd, a checkout, flags, or answers. */
export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const config = await configSoFar(options.config);
  const isAsking = process.stdin.isTTY && process.stdout.isTTY && !print.isJson && options.yes !== true;
  const { wishes, unit } = await knownWishes(args, options, config);
  const target = complete(isAsking ? await askWishes(wishes, choices(config), config.server.public_url) : wishes);
  const forge = forgeNamed(target.forge, config);
  const planned = await planEdit(options.config, (document, asText) =>
    writeFirstTarget(document, target, forge, asText),
  );
  const secret = missingWebhookSecret(planned.config, forge.name);
  if (!print.isJson) {
    showDiff(planned.diff, print);
    if (secret !== undefined) print.line(`${secret.file}: a new line ${secret.variable}=… with a random secret`);
  }
  const isWritten = options.dryRun !== true;
  if (isWritten) {
    await agreeToWrite(planned.file, isAsking, options.yes === true);
    // The secret is written first, so that a crash in between leaves no fraise without its secret.
    if (secret !== undefined) await makeWebhookSecret(secret, planned.file);
    await writeEdit(planned);
  }
  const user = await serviceUser(planned.config.deployment.state_directory);
  const commands = nextCommands(target, unit, { user, folderExists: existsSync(target.appPath) });
  const providers = providersNamed(planned.config, forge.name, bareOf(target));
  if (print.isJson) {
    const { file, diff } = planned;
    print.json({
      file,
      diff,
      written: isWritten,
      secret: secret ?? null,
      providers: providers.map(providerJson),
      next: commands,
    });
    return 0;
  }
  tell(print, { target, planned: planned.config, providers, commands, isWritten, variable: secret });
  return 0;
}

/** @throws UsageError if nobody agrees. */
async function agreeToWrite(file: string, isAsking: boolean, isAgreed: boolean): Promise<void> {
  if (isAsking) await askToWrite(file);
  else if (!isAgreed)
    throw new UsageError(`${file} would be changed: say --yes`, { hint: "--dry-run shows what would change." });
}

type KnownConfig = Pick<Config, "forges"> & { readonly server: Pick<Config["server"], "public_url"> };

/** A file without fraises may not load yet. Other problems in it are reported when the edited text is read. */
async function configSoFar(configFile: string | undefined): Promise<KnownConfig> {
  try {
    return await readConfig(configFile);
  } catch (error) {
    if (error instanceof ConfigError) return { forges: {}, server: { public_url: undefined } };
    throw error;
  }
}

function bareOf({ cloneUrl, repository }: FirstTarget): { repository: string; name: string } | undefined {
  return cloneUrl?.startsWith("/") === true ? { repository: cloneUrl, name: repository } : undefined;
}

interface Told {
  readonly target: FirstTarget;
  readonly planned: Config;
  readonly providers: readonly Provider[];
  readonly commands: readonly string[];
  readonly isWritten: boolean;
  readonly variable: { readonly variable: string; readonly file: string } | undefined;
}

function tell(print: Print, { target, planned, providers, commands, isWritten, variable }: Told): void {
  print.line(
    isWritten ? `${target.fraise}/${target.environment} is written to ${planned.file}` : "dry run: nothing was written",
  );
  print.line();
  print.line(print.style("bold", "At the forge"));
  for (const provider of providers) printProvider(print, planned, provider);
  if (variable !== undefined) print.line(`The secret: sudo grep ${variable.variable} ${variable.file}`);
  print.line(print.style("bold", "On this machine"));
  for (const command of commands) print.line(`  ${command}`);
}

/** Every forge, and the instances that fraises.yaml has. */
function choices(config: KnownConfig): readonly NamedForge[] {
  const own = instancesOf(config).filter(({ name, forge }) => name !== forge.name);
  return [...own, ...forges.toReversed().map((forge) => ({ name: forge.name, forge }))];
}

/** Finds a forge also by the name of a product or an instance. @throws UsageError */
function forgeNamed(name: string, config: KnownConfig): NamedForge {
  const found = forgeUnder(name, config);
  if (found !== undefined) return found;
  throw new UsageError(`fraisier knows no forge "${name}"`, {
    hint: `Known are ${forgeNames(config).join(", ")}.`,
  });
}
