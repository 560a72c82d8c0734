import { readConfig } from "../../compose/app.ts";
import { targetName } from "../../domain/fraise.ts";
import { NO_FRAISES } from "../targets/no-fraises.ts";
import type { Invocation } from "../command-entry.ts";

export async function run({ options, print }: Invocation): Promise<number> {
  const { targets } = await readConfig(options.config);
  if (print.isJson) {
    print.json({
      targets: targets.map(({ fraise, environment, job, type, description, subscription, settings }) => ({
        fraise,
        environment,
        job,
        type,
        description,
        ...subscription,
        app_path: settings.app_path,
        layout: settings.layout,
        ...(settings.job === undefined
          ? {}
          : { service: settings.job.service, timer: settings.job.timer, calendar: settings.job.calendar }),
      })),
    });
    return 0;
  }
  if (targets.length === 0) {
    print.line(NO_FRAISES);
    return 0;
  }
  print.table(
    [
      "TARGET",
      { title: "TYPE", leaves: 2 },
      { title: "FORGE", leaves: 1 },
      { title: "REPOSITORY", leaves: 3 },
      { title: "BRANCHES", leaves: 6 },
      { title: "TAGS", leaves: 5 },
      { title: "APP PATH", leaves: 4 },
      "DESCRIPTION",
    ],
    targets.map((target) => {
      const { forge, repository, branches, tags } = target.subscription;
      return [
        targetName(target),
        target.type,
        forge,
        repository,
        branches.join(" "),
        tags.join(" "),
        target.settings.app_path,
        target.description,
      ];
    }),
  );
  return 0;
}
