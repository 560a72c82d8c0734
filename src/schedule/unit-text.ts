import type { JobSettings } from "./job.ts";

/** The place and the user of a job, as its unit says them. */
export interface JobPlace {
  /** `reports/production/daily`. */
  readonly target: string;
  /** The folder the job's code is in, whichever release that is. */
  readonly current: string;
  /** The user that runs it in the system's manager; undefined in a user's own, which knows only one. */
  readonly user: string | undefined;
  /** More lines of [Service], which hide things from the job. */
  readonly confinement?: readonly (readonly [key: string, value: string])[];
}

/** The service unit of a job that has a command. Pure. */
export function serviceText(job: JobSettings, command: string | readonly string[], place: JobPlace): string {
  return unit(place, [
    [
      "Unit",
      [
        ["Description", oneLine(job.description || place.target)],
        ["After", job.after.join(" ")],
      ],
    ],
    [
      "Service",
      [
        ["Type", "oneshot"],
        ["User", place.user ?? ""],
        ["WorkingDirectory", specifiers(place.current)],
        ...(place.confinement ?? []),
        ["EnvironmentFile", specifiers(job.environment_file ?? "")],
        // A run on top of one that failed would work on half of its results. An answer that cannot be had holds nothing up.
        ...job.after.map((service): [string, string] => [
          "ExecCondition",
          `/bin/sh -c ${quoted(`! systemctl ${job.scope === "user" ? "--user " : ""}--quiet is-failed ${service}`)}`,
        ]),
        ["ExecStart", execStart(command, place.current)],
        ["TimeoutStartSec", job.timeout === undefined ? "infinity" : `${Math.ceil(job.timeout / 1000)}s`],
      ],
    ],
  ]);
}

/** The timer unit of a job that has a schedule. Pure. */
export function timerText(job: JobSettings, place: JobPlace): string {
  return unit(place, [
    ["Unit", [["Description", oneLine(`Schedule of ${job.description || place.target}`)]]],
    [
      "Timer",
      [
        ...job.calendar.map((line): [string, string] => ["OnCalendar", line]),
        ["Unit", job.service],
        // At the time it says, as cron does: by itself systemd takes up to a minute more.
        ["AccuracySec", "1s"],
        ["Persistent", job.persistent ? "yes" : ""],
      ],
    ],
    ["Install", [["WantedBy", "timers.target"]]],
  ]);
}

type Section = readonly [name: string, lines: readonly (readonly [key: string, value: string])[]];

function unit({ target }: JobPlace, sections: readonly Section[]): string {
  const head = `# Written by fraisier for ${target}: the next deployment writes it again. Changes go into fraises.yaml, or a drop-in.\n`;
  const body = sections.map(
    ([name, lines]) =>
      `[${name}]\n${lines
        .filter(([, value]) => value !== "")
        .map(([key, value]) => `${key}=${value}\n`)
        .join("")}`,
  );
  return `${head}${body.join("\n")}`;
}

/** A shell line goes to the shell whole; a program named by a relative path is one of the release's. */
function execStart(command: string | readonly string[], current: string): string {
  if (typeof command === "string") return `/bin/sh -c ${quoted(command)}`;
  const [program = "", ...args] = command;
  const path =
    program.includes("/") && !program.startsWith("/") ? `${current}/${program.replace(/^\.\//, "")}` : program;
  return [path, ...args].map(quoted).join(" ");
}

/** A word of a command line for systemd.service(5): neither split, nor are variables or specifiers put in. */
function quoted(word: string): string {
  const escaped = word
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("%", "%%")
    .replaceAll("$", "$$$$")
    // oxlint-disable-next-line no-control-regex -- these are what must not stand in a unit file
    .replaceAll(/[\x00-\x1f\x7f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `"${escaped}"`;
}

function specifiers(text: string): string {
  return text.replaceAll("%", "%%");
}

function oneLine(text: string): string {
  // A backslash at its end would draw the next line in.
  return specifiers(text.replaceAll(/\s+/g, " ").trim()).replace(/\\+$/, "");
}
