import { describe, expect, it } from "vitest";
import { targetName } from "../../src/domain/fraise.ts";
import { complaints, parse } from "../helpers/parse-fraises.ts";

const GOOD = `git:
  github: { webhook_secret: "\${SECRET}" }
fraises:
  reports:
    type: scheduled
    repository: acme/shop
    environments:
      production:
        branch: main
        app_path: /srv/reports/
        user: shop
        jobs:
          weekly: { schedule: "0 8 1 * mon", command: [bin/report, --week], depends_on: daily }
          daily: { systemd_service: shop-daily, schedule: "*-*-* 02:00", command: ./report, paths: [reports/**] }
`;

const swap = (from: string, to: string): string => {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
};
const JOBS = "fraises.reports.environments.production.jobs";

describe("jobs", () => {
  it("are targets of their own, in folders of their own, each after those it depends on", () => {
    const { targets } = parse(GOOD);
    expect(targets.map((target) => [targetName(target), target.settings.app_path])).toEqual([
      ["reports/production/daily", "/srv/reports/daily"],
      ["reports/production/weekly", "/srv/reports/weekly"],
    ]);
    expect(targets[0]?.settings.job).toMatchObject({
      service: "shop-daily.service",
      timer: "shop-daily.timer",
      scope: "system",
      calendar: ["*-*-* 02:00"],
      user: "shop",
      after: [],
    });
    expect(targets[1]?.settings.job).toMatchObject({
      service: "reports-production-weekly.service",
      calendar: ["*-*-01 08:00:00", "Mon *-*-* 08:00:00"],
      after: ["shop-daily.service"],
    });
    expect(targets[0]?.settings).not.toHaveProperty("jobs");
  });

  it("are pushed to by what they are made of, their units included", () => {
    const { targets } = parse(swap("        user: shop\n", "        unit_files: ./deploy/\n"));
    expect(targets.map(({ subscription }) => subscription.paths)).toEqual([
      ["reports/**", "deploy/shop-daily.service", "deploy/shop-daily.timer"],
      [],
    ]);
  });

  it("may be called backups", () => {
    expect(parse(swap("type: scheduled", "type: backup")).targets.map(({ type }) => type)).toEqual([
      "backup",
      "backup",
    ]);
  });

  it.each([
    [
      "a schedule that is none",
      swap("*-*-* 02:00", "*-*-* 25:00"),
      [`14:59: ${JOBS}.daily.schedule[0] "*-*-* 25:00" is no schedule: the hour 25 is not between 0 and 23`],
    ],
    [
      "one of several schedules",
      swap('"*-*-* 02:00"', '[daily, "61 * * * *"]'),
      [`14:67: ${JOBS}.daily.schedule[1] "61 * * * *" is no schedule: "61" is no minute: 0 to 59`],
    ],
    [
      "a job to depend on that is not there",
      swap("depends_on: daily", "depends_on: [dayly]"),
      [`13:90: ${JOBS}.weekly.depends_on[0] names the job "dayly", which is not there; did you mean "daily"?`],
    ],
    [
      "jobs that wait for each other",
      swap("paths:", "depends_on: weekly, paths:"),
      [`14:105: ${JOBS}.daily.depends_on[0] goes round in a circle: weekly -> daily -> weekly`],
    ],
    [
      "a job that waits for itself",
      swap("depends_on: daily", "depends_on: weekly"),
      [`13:89: ${JOBS}.weekly.depends_on[0] goes round in a circle: weekly -> weekly`],
    ],
    [
      "a unit of two jobs",
      swap("weekly: {", "weekly: { systemd_timer: shop-daily.timer,"),
      [`13:36: ${JOBS}.weekly.systemd_timer: shop-daily.timer is also the unit of reports/production/daily`],
    ],
    [
      "a unit that is no service",
      swap("systemd_service: shop-daily", "systemd_service: shop-daily.timer, systemd_timer: x"),
      [`14:37: ${JOBS}.daily.systemd_service: "shop-daily.timer" is no name of a service unit: shop-daily.service`],
    ],
    [
      "a unit outside its folder",
      swap("systemd_service: shop-daily", 'systemd_service: "../shop"'),
      [
        `14:18: ${JOBS}.daily.systemd_timer: "../shop.timer" is no name of a timer unit: shop-daily.timer`,
        `14:37: ${JOBS}.daily.systemd_service: "../shop.service" is no name of a service unit: shop-daily.service`,
      ],
    ],
    [
      "fraisier's own unit",
      swap("systemd_service: shop-daily", "systemd_service: fraisier, systemd_timer: x"),
      [`14:37: ${JOBS}.daily.systemd_service: "fraisier.service" is fraisier's own`],
    ],
    [
      "a user where there is only one",
      swap("        user: shop\n", "        scope: user\n").replace("daily: {", "daily: { user: ann,"),
      [`14:26: ${JOBS}.daily.user: with scope: user every job runs as the user fraisier runs as`],
    ],
    [
      "no jobs",
      GOOD.slice(0, GOOD.indexOf("        jobs:")),
      ['8:7: fraises.reports.environments.production lacks the key "jobs"'],
    ],
    [
      "an empty map of jobs",
      `${GOOD.slice(0, GOOD.indexOf("        jobs:"))}        jobs: {}\n`,
      [`12:15: ${JOBS}: there is no job in it`],
    ],
    [
      "a service of the environment",
      swap("        user: shop\n", "        systemd_service: shop\n"),
      [
        "11:9: fraises.reports.environments.production.systemd_service: units belong to the jobs here: jobs.<name>.systemd_service",
      ],
    ],
    [
      "jobs of a type without jobs",
      swap("type: scheduled", "type: api"),
      [expect.stringMatching(/^12:9: unknown key "jobs" under fraises.reports.environments.production; known: /)],
    ],
    [
      "a program that a unit cannot say",
      swap("[bin/report, --week]", '["-bin/report"]'),
      [
        `13:55: ${JOBS}.weekly.command: "-bin/report" is no name of a program that a unit file can say: write the command as one line`,
      ],
    ],
    [
      "another target in the folder of the jobs",
      swap("        jobs:\n", "        jobs:\n").replace(
        "  reports:\n",
        "  api: { type: api, repository: acme/shop, environments: { production: { branch: main, app_path: /srv/reports/daily/x } } }\n  reports:\n",
      ),
      [expect.stringContaining("app_path /srv/reports/daily lies within or around that of api/production")],
    ],
  ])("complains about %s", (_, text, expected) => {
    expect(complaints(text)).toEqual(expected);
  });
});
