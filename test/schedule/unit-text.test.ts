import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { confinementOf } from "../../src/schedule/job-confinement.ts";
import type { JobSettings } from "../../src/schedule/job.ts";
import { serviceText, timerText } from "../../src/schedule/unit-text.ts";

const job: JobSettings = {
  service: "shop-daily.service",
  timer: "shop-daily.timer",
  scope: "system",
  unit_directory: undefined,
  unit_files: undefined,
  calendar: ["*-*-13 00:00:00", "Fri *-*-* 00:00:00"],
  command: undefined,
  user: "shop",
  description: "",
  after: [],
  timeout: undefined,
  environment_file: undefined,
  persistent: false,
};
const place = { target: "reports/production/daily", current: "/srv/shop reports/daily/current", user: "shop" };
const line = (text: string, key: string): string | undefined =>
  text
    .split("\n")
    .find((each) => each.startsWith(`${key}=`))
    ?.slice(key.length + 1);

describe("unit text", () => {
  it("says what the job is", () => {
    expect(serviceText(job, "./report --all", place))
      .toBe(`# Written by fraisier for reports/production/daily: the next deployment writes it again. Changes go into fraises.yaml, or a drop-in.
[Unit]
Description=reports/production/daily

[Service]
Type=oneshot
User=shop
WorkingDirectory=/srv/shop reports/daily/current
ExecStart=/bin/sh -c "./report --all"
TimeoutStartSec=infinity
`);
    expect(timerText({ ...job, persistent: true }, place)).toContain(
      "[Timer]\nOnCalendar=*-*-13 00:00:00\nOnCalendar=Fri *-*-* 00:00:00\nUnit=shop-daily.service\nAccuracySec=1s\nPersistent=yes\n\n[Install]\nWantedBy=timers.target\n",
    );
  });

  it("hides fraisier's own things from a job that is confined, and nothing can leave its line", () => {
    const confinement = confinementOf({ app: "/srv/my shop:1", state: "/var/lib/fraisier" });
    const text = serviceText(job, "true", { ...place, confinement });
    expect(line(text, "TemporaryFileSystem")).toBe("/var/lib/fraisier:mode=0700");
    expect(line(text, "BindPaths")).toBe(String.raw`"/srv/my shop\:1"`);
    expect(line(text, "InaccessiblePaths")).toContain("-/etc/fraisier");
  });

  it("keeps every word of a command what it was", () => {
    const text = serviceText(job, ["bin/report", 'a "b"', "$HOME", "100%", "back\\slash", ";", "two\nlines"], place);
    expect(line(text, "ExecStart")).toBe(
      String.raw`"/srv/shop reports/daily/current/bin/report" "a \"b\"" "$$HOME" "100%%" "back\\slash" ";" "two\x0alines"`,
    );
  });

  it("does not let a description write lines of its own", () => {
    const text = serviceText({ ...job, description: "x\nExecStart=/bin/evil %n \\" }, "true", place);
    expect(line(text, "Description")).toBe("x ExecStart=/bin/evil %%n ");
  });

  it("waits for the jobs it depends on, and does not run on top of a failed one", () => {
    const text = serviceText({ ...job, after: ["dump.service"], timeout: 90_500 }, "true", place);
    expect(line(text, "After")).toBe("dump.service");
    expect(line(text, "ExecCondition")).toBe('/bin/sh -c "! systemctl --quiet is-failed dump.service"');
    expect(line(text, "TimeoutStartSec")).toBe("91s");
  });

  it("is what systemd-analyze verify accepts", ({ skip }) => {
    try {
      execFileSync("systemd-analyze", ["--version"], { stdio: "ignore" });
    } catch {
      skip("NOT TESTED: systemd-analyze is not installed");
    }
    const folder = mkdtempSync(join(tmpdir(), "units-"));
    try {
      const here = { ...place, current: folder };
      writeFileSync(
        join(folder, job.service),
        serviceText({ ...job, after: ["dump.service"] }, 'echo "$HOME" 100% \\ ;', here),
      );
      writeFileSync(join(folder, job.timer), timerText(job, here));
      const options = ["verify", "--man=no", "--recursive-errors=no"];
      const result = execFileSync("systemd-analyze", [...options, join(folder, job.service), join(folder, job.timer)], {
        encoding: "utf8",
      });
      expect(result).toBe("");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
