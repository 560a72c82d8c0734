import type { Config } from "./config.ts";

/** The configuration as it is understood, defaults filled in, secrets as `***`: plain data for `fraisier config show`. */
export function showConfig(config: Config): unknown {
  const {
    targets,
    warnings: _warnings,
    variables: _variables,
    stamp: _stamp,
    text: _text,
    closedSecretFiles: _closed,
    ...rest
  } = config;
  return JSON.parse(
    JSON.stringify({
      ...rest,
      targets: targets.map(({ fraise, environment, job, type, description, subscription, clone_url, settings }) => ({
        fraise,
        environment,
        job,
        type,
        description,
        ...subscription,
        clone_url,
        settings,
      })),
    }),
  );
}
