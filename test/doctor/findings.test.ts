import { describe, expect, it } from "vitest";
import { aheadOf, timeState } from "../../src/doctor/clock.ts";
import type { Examination, Finding, Patient } from "../../src/doctor/diagnosis.ts";
import { fine, warned } from "../../src/doctor/diagnosis.ts";
import { examine, severityOf } from "../../src/doctor/examine.ts";
import { gitVersion, node } from "../../src/doctor/programs.ts";
import { backupAge } from "../../src/doctor/store.ts";
import { daemonState, serviceState, versionOf } from "../../src/doctor/systemd.ts";
import { pingState } from "../../src/doctor/webhooks.ts";
import { HostUnavailable } from "../../src/domain/errors.ts";
import { newId, timeOfId } from "../../src/domain/id.ts";

const URL = "https://deploy.example.com/webhook/github";

function short({ status, remedy }: Finding): string {
  return remedy === undefined ? status : `${status}: ${remedy}`;
}

function ping(status: number, body: string, headers = {}): string {
  return short(pingState("webhook", URL, { status, body, headers, durationMs: 1 }));
}

describe("the doctor's findings", () => {
  it("tells the daemon's answers to a ping apart: accepted, another secret, a redirect, a dead daemon, another program", () => {
    expect(ping(200, '{"delivery":"1","decisions":[]}')).toBe("ok");
    expect(ping(401, '{"error":"the signature does not match the secret"}')).toMatch(/^error: .*reload fraisier/);
    expect(ping(301, "", { location: "https://www.example.com/" })).toMatch(/^error: Forges do not follow redirects/);
    expect(ping(502, "<html>Bad Gateway</html>")).toMatch(/^error: The proxy does not reach the daemon/);
    expect(ping(200, "<html>It works!</html>")).toMatch(/^error: Another program answers/);
    expect(ping(404, "not found")).toMatch(/^error: Another program answers/);
  });

  it("names the command for a unit that is missing, masked, failed or not enabled", () => {
    const state = (load: string, active: string, file = "enabled"): string =>
      serviceState({ LoadState: load, ActiveState: active, SubState: "x", UnitFileState: file }).map(short).join();
    expect(state("loaded", "active")).toBe("ok");
    expect(state("not-found", "inactive")).toMatch(/^warning: Install/);
    expect(state("masked", "inactive")).toBe("error: sudo systemctl unmask fraisier.service");
    expect(state("loaded", "failed")).toMatch(/^error: sudo systemctl start .*journalctl/);
    expect(state("loaded", "active", "disabled")).toBe("warning: sudo systemctl enable fraisier.service");
  });

  it("sees a daemon of another version, one that is not well, and a port that another program has", () => {
    const unknown = { own: "1.0.0", running: undefined };
    const ok = { status: 200, body: '{"status":"ok"}' };
    expect(short(daemonState(URL, ok, { own: "1.0.0", running: "1.0.0" }))).toBe("ok");
    expect(short(daemonState(URL, ok, { own: "1.0.0", running: "0.9.0" }))).toMatch(/^warning: .*restart/);
    const full = { status: 503, body: '{"error":"no space left"}' };
    expect(short(daemonState(URL, full, unknown))).toMatch(/^error: journalctl/);
    expect(short(daemonState(URL, { status: 200, body: "hello" }, unknown))).toMatch(/^error: Another program/);
  });

  it("wants Node 24, git of Debian 11 and systemd with credentials", () => {
    expect(node("20.20.2").status).toBe("error");
    expect(node("24.1.0").status).toBe("ok");
    expect(gitVersion("git version 2.39.5", "/usr/bin/git").status).toBe("ok");
    expect(gitVersion("git version 2.25.1", "/usr/bin/git").status).toBe("warning");
    expect(gitVersion("command not found", "/usr/bin/git").status).toBe("error");
    expect(versionOf("systemd 252 (252.38)\n+PAM").status).toBe("ok");
    expect(versionOf("systemd 245").status).toBe("warning");
  });

  it("finds a clock that was set back behind the newest record, and one that no server keeps", () => {
    const now = new Date("2026-11-21T12:00:00Z");
    expect(timeOfId(newId(now.getTime())).getTime()).toBe(now.getTime());
    expect(aheadOf(now, new Date("2026-11-21T12:04:00Z"))).toEqual([]);
    expect(aheadOf(now, new Date("2026-11-21T12:06:00Z")).map(({ status }) => status)).toEqual(["error"]);
    expect(timeState(0, "NTP=yes\nNTPSynchronized=yes\n").status).toBe("ok");
    expect(timeState(0, "NTP=no\nNTPSynchronized=no\n").status).toBe("warning");
    expect(timeState(1, "").status).toBe("skipped");
  });

  it("warns of a store that was never backed up, or not for a week", () => {
    const now = new Date("2026-11-21T12:00:00Z");
    expect(short(backupAge(undefined, now))).toMatch(/^warning: .*store backup/);
    expect(backupAge("2026-11-13T12:00:00Z", now)).toMatchObject({
      status: "warning",
      message: expect.stringContaining("8 days ago"),
    });
    expect(backupAge("2026-11-20T12:00:00Z", now).status).toBe("ok");
  });

  it("reports an examination that throws or hangs, with a remedy, and lets the others finish", async () => {
    const patient = {} as Patient;
    const list: readonly Examination[] = [
      { name: "good", examine: async () => [fine("good", "well")] },
      {
        name: "throws",
        examine: () => Promise.reject(new HostUnavailable("the disk is gone", { hint: "Plug it in." })),
      },
      { name: "hangs", examine: () => new Promise<never>(() => {}) },
      { name: "doubtful", examine: async () => [warned("doubtful", "hm", "Look.")] },
    ];
    const running: string[] = [];
    const findings = await examine(patient, list, {
      limitMs: 50,
      onProgress: (names) => running.push(names.join("+")),
    });
    expect(findings.map(short)).toEqual([
      "ok",
      "error: Plug it in.",
      expect.stringMatching(/^error: Try again/),
      "warning: Look.",
    ]);
    expect(running[0]).toBe("good+throws+hangs+doubtful");
    expect(running.at(-1)).toBe("");
  });

  it("exits with 0, 1 for warnings alone and 2 for errors", () => {
    const finding = (status: Finding["status"]): Finding => ({ check: "x", status, message: "" });
    expect(severityOf([finding("ok"), finding("skipped")])).toBe(0);
    expect(severityOf([finding("warning"), finding("ok")])).toBe(1);
    expect(severityOf([finding("warning"), finding("error")])).toBe(2);
  });
});
