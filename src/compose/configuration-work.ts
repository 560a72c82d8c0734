import { livingDaemon } from "../answers/daemon/living-daemon.ts";
import { changeLines } from "../config/changes/change-lines.ts";
import { configChanges } from "../config/changes/config-changes.ts";
import { newForRoot } from "../config/changes/root-work.ts";
import type { Config } from "../config/config.ts";
import { readRelease } from "../config/from-git/read-current.ts";
import { writtenSecrets } from "../config/secrets/secrets.ts";
import { redactor } from "../domain/redact.ts";
import { loadConfig } from "../config/load.ts";
import type { ConfigProblem } from "../domain/errors.ts";
import { ConfigError, HostUnavailable, StepFailed } from "../domain/errors.ts";
import type { Members } from "../steps/capabilities.ts";
import { missingSecretsOf } from "../variables/missing-secrets.ts";
import { families } from "./app.ts";
import type { App } from "./app.ts";
import { askReload, reloadAnswer } from "./reload-daemon.ts";

/** How steps check a fraises.yaml from git and bring it into force. */
export function configurationWork({ config, store }: Pick<App, "config" | "store">): Members<"configuration"> {
  return {
    async checkConfiguration(release) {
      const { configuration, file } = config;
      if (configuration === undefined) throw new HostUnavailable(`${file} names no fraise of type configuration`);
      const git = await readRelease(configuration.folder, release);
      const next = await loading(file, loadConfig(file, families, { webhookSecrets: false, git }));
      const missing: ConfigProblem[] = [];
      for (const target of next.targets) missing.push(...(await missingSecretsOf(target, store)));
      if (missing.length > 0) {
        throw new HostUnavailable(`not every secret is on this host: ${placed(missing)}`, {
          hint: "Set them with fraisier env set, or in the file environment beside the local fraises.yaml; then deploy again. Nothing was touched.",
        });
      }
      const now = await loadConfig(file, families, { webhookSecrets: false }).catch(() => config);
      return [...told(now, next)];
    },
    async reloadDaemon() {
      const daemon = await livingDaemon(store);
      if (daemon === undefined) return "no daemon runs: it reads the configuration when it starts";
      let answer;
      try {
        answer = await reloadAnswer(store, daemon, await askReload(store, daemon));
      } catch (error) {
        if ((await livingDaemon(store))?.id === daemon.id) throw error;
        return "the daemon has ended: it reads the configuration when it starts again";
      }
      const { reloadFailure: failure } = answer;
      if (failure === undefined) return "the daemon has read the configuration: it is in force";
      throw refusal(config.file, new ConfigError(failure.message, failure.problems), "the daemon refused it");
    },
  };
}

/** The warnings of the new configuration, what it changes, and what root still has to do. */
function told(now: Config, next: Config): readonly string[] {
  const forRoot = newForRoot(now, next);
  const hide = redactor([...writtenSecrets(now), ...writtenSecrets(next)]);
  return [
    ...next.warnings.map(({ file, line, column, message }) => `warning: ${file}:${line}:${column} ${message}`),
    ...changeLines(configChanges(now, next)).map(hide),
    ...(forRoot.length === 0
      ? []
      : [`new for this host: ${forRoot.join(", ")}. sudo fraisier privileges diff shows what root has to install`]),
  ];
}

async function loading(file: string, load: Promise<Config>): Promise<Config> {
  try {
    return await load;
  } catch (error) {
    throw error instanceof ConfigError ? refusal(file, error, "it cannot be loaded") : error;
  }
}

/** A fault of the local file, or of one beside it, is not one of the revision. */
function refusal(localFile: string, error: ConfigError, what: string): Error {
  const ofGit = error.problems.filter(({ file }) => /^[0-9a-f]{7}:/.test(file));
  const hint = "Nothing of it is in force: mend the line, and push again.";
  if (ofGit.length > 0) return new StepFailed(`${what}: ${placed(ofGit)}`, { hint });
  const why = error.problems.length === 0 ? error.message : placed(error.problems);
  return new HostUnavailable(`${what}, because of ${localFile}: ${why}`, {
    hint: "Nothing of it is in force: mend the file on this host, and deploy it again.",
  });
}

/** The first problem with its place, and how many there are beside it. */
function placed([first, ...others]: readonly ConfigProblem[]): string {
  if (first === undefined) return "";
  const more = others.map(({ file, line, column, message }) => `; ${file}:${line}:${column} ${message}`).slice(0, 4);
  const rest = others.length - more.length;
  return `${first.file}:${first.line}:${first.column} ${first.message}${more.join("")}${rest === 0 ? "" : ` (and ${rest} more)`}`;
}
