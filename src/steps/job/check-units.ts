import { join } from "node:path";
import { HostUnavailable, StepFailed } from "../../domain/errors.ts";
import type { JobSettings } from "../../schedule/job.ts";
import type { Units } from "../../service-managers/units.ts";
import { copiesFolder, installedText, jobOf, unitsIn, wantedUnits } from "./job-units.ts";
import type { WantedUnit } from "./job-units.ts";
import type { StepContext } from "../capabilities.ts";
import type { Step } from "../step.ts";

/** Everything about the units that can be known to fail is found while the old ones are still untouched. */
export const checkUnits: Step<"env" | "files" | "processes" | "units"> = {
  name: "check-units",
  phase: "building",
  describe: ({ target }) =>
    `Have systemd-analyze verify ${target.settings.job?.service} and ${target.settings.job?.timer}, and the schedule`,
  async run(context) {
    const { places, log } = context;
    const { job, units } = jobOf(context);
    const wanted = await wantedUnits(context, unitsIn(context, places.release));
    for (const { name, from } of wanted) log(`${name} comes from ${from}`);
    await checkMachine(context, job, units, wanted);
    await verify(context, units, wanted);
    if (wanted.some(({ name, from }) => name === job.timer && from === "fraises.yaml")) {
      for (const line of job.calendar) log(`${line}: next at ${await units.nextOf(line)}`);
    }
  },
};

async function checkMachine(
  context: StepContext<"env" | "files" | "processes">,
  job: JobSettings,
  units: Units,
  wanted: readonly WantedUnit[],
): Promise<void> {
  let writes = false;
  for (const unit of wanted) {
    await checkUnit(unit, job, units);
    const { name, text } = unit;
    if (text !== undefined && text !== (await installedText(context, join(units.directory, name)))) writes = true;
  }
  if (!writes) return;
  await checkFolder(context, units);
  if (job.user === undefined || job.command === undefined) return;
  const { exitCode } = await context.host.processes.run(["id", "-u", "--", job.user], {
    env: context.env,
    timeoutMs: 10_000,
  });
  if (exitCode !== 0) throw new HostUnavailable(`there is no user ${job.user} here, who is to run ${job.service}`);
}

/** @throws HostUnavailable if the unit is masked; StepFailed if it is nowhere. */
async function checkUnit({ name, text }: WantedUnit, job: JobSettings, units: Units): Promise<void> {
  const { load } = await units.unitFile(name);
  if (load === "masked")
    throw new HostUnavailable(`${name} is masked`, { hint: `Somebody forbade it: systemctl unmask ${name}` });
  if (text !== undefined || load === "loaded") return;
  const key = name === job.timer ? "schedule" : "command";
  throw new StepFailed(
    `${name} is nowhere: not in the repository, not on this machine (${load}), and the job has no ${key}`,
    {
      hint: `Say ${key} in the job, name the folder of the repository that holds it under unit_files, or install it by hand.`,
    },
  );
}

/** @throws HostUnavailable if units cannot be written where systemd looks for them. */
async function checkFolder({ host }: StepContext<"files">, units: Units): Promise<void> {
  if (!(await host.files.isWritable(units.directory))) {
    throw new HostUnavailable(
      `${units.directory} is not writable for this user, and the units of the job are not what they should be`,
      {
        hint: "Nothing was touched. systemd/README.md of fraisier says what it takes: scope: user, units installed by hand, or a daemon that runs as root.",
      },
    );
  }
  if ((await units.isSearched()) === false) {
    throw new HostUnavailable(`systemd does not look for units in ${units.directory}`, {
      hint: "systemctl show --property=UnitPath says where it looks.",
    });
  }
}

/** Verifies copies that name the new release where the units name `current`, which points to the old one for a while yet. */
async function verify(
  { deployment, places, host }: StepContext<"files">,
  units: Units,
  wanted: readonly WantedUnit[],
): Promise<void> {
  const ours = wanted.filter(({ text }) => text !== undefined);
  if (ours.length === 0) return;
  const folder = join(copiesFolder(places, deployment.id), "verify");
  try {
    await host.files.makeFolder(folder);
    for (const { name, text = "" } of ours) {
      await host.files.writeText(join(folder, name), text.replaceAll(`${places.current}/`, `${places.release}/`));
    }
    await units.verify(ours.map(({ name }) => join(folder, name)));
  } finally {
    await host.files.remove(folder);
  }
}
