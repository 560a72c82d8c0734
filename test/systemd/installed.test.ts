import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { installProgram, sh } from "../helpers/installed-scenario.ts";
import { createScenario, until } from "../helpers/scenario.ts";

/** A job that also looks at what belongs to fraisier. */
const OWN =
  "cat VERSION > ../../report.txt; cat /var/lib/fraisier/* /etc/fraisier/* /proc/[0-9]*/environ > ../../seen.txt 2>/dev/null; true";

function jobs(bare: string): string {
  const job = (name: string, keys: string, more = ""): string => `
  ${name}:
    type: scheduled
    repository: acme/shop
    clone_url: ${bare}
    environments: { production: { branch: main, app_path: /srv/${name === "denied" ? "own-too" : name}, ${more}jobs: { daily: { ${keys} } } } }`;
  return [
    job("theirs", "systemd_service: shop-daily"),
    job("own", `systemd_service: shop-own, schedule: daily, command: "${OWN}"`, "scope: user, sandbox: auto, "),
    job("denied", "systemd_service: shop-denied, schedule: daily, command: 'true'"),
  ].join("");
}

describe("installed as systemd/README.md says", () => {
  it("runs as its own user, which may start deployments and restart the named services, and nothing else", async () => {
    const scenario = await createScenario({ unit: { name: "shop-api.service", scope: "system" } });
    installProgram();
    // Other files of tests share this systemd, and would find the template there.
    onTestFinished(async () => {
      await sh(`
        systemctl disable --now fraisier shop-api shop-daily.timer || true
        cd /etc/systemd/system && rm -rf fraisier.service fraisier-deploy@.service fraisier-deploy@.service.d shop-api.service shop-daily.*
        systemctl daemon-reload`);
    });
    await sh(`
      # The sandbox shows what the machine has: somebody may use fraisier there.
      rm -rf /var/lib/fraisier /etc/fraisier
      install -m 644 systemd/fraisier.sysusers /usr/lib/sysusers.d/fraisier.conf && systemd-sysusers
      install -m 644 systemd/fraisier.tmpfiles /usr/lib/tmpfiles.d/fraisier.conf && systemd-tmpfiles --create
      install -m 644 systemd/fraisier.service systemd/fraisier-deploy@.service /etc/systemd/system/
      # The scenario lies in /tmp, of which deployments have one of their own.
      install -d /etc/systemd/system/fraisier-deploy@.service.d
      printf '[Service]\\nBindPaths=%s\\n' ${scenario.folder} > /etc/systemd/system/fraisier-deploy@.service.d/scenario.conf
      install -m 644 systemd/fraisier.rules /etc/polkit-1/rules.d/50-fraisier.rules
      printf 'SCENARIO_SECRET=%s\\n' '${scenario.secret}' > /etc/fraisier/webhook-secrets
      cat >> ${scenario.folder}/fraises.yaml <<'END'
${jobs(scenario.bare)}
END
      sed 's|sqlite:[^"]*|sqlite:/var/lib/fraisier/fraisier.db|' ${scenario.folder}/fraises.yaml > /etc/fraisier/fraises.yaml
      chgrp fraisier /etc/fraisier/*; chmod 640 /etc/fraisier/*
      # Somebody tries it as root before the first start: the store stays the daemon's.
      for verb in status "lock --all --reason maintenance" "unlock --all"; do
        SCENARIO_SECRET=x /usr/local/bin/fraisier $verb -c /etc/fraisier/fraises.yaml
      done
      printf '[Service]\\nExecStart=%s\\n' "$(cat ${scenario.folder}/ExecStart)" > /etc/systemd/system/shop-api.service
      mkdir -p /srv/theirs /srv/own /srv/own-too
      printf '[Service]\nType=oneshot\nExecStart=/srv/theirs/daily/current/report\n' > /etc/systemd/system/shop-daily.service
      printf '[Timer]\nOnCalendar=02:00\n[Install]\nWantedBy=timers.target\n' > /etc/systemd/system/shop-daily.timer
      systemctl enable --now shop-daily.timer; loginctl enable-linger fraisier
      chown -R fraisier ${scenario.app} ${scenario.bare} /srv/theirs /srv/own /srv/own-too
      /usr/local/bin/fraisier privileges install -c /etc/fraisier/fraises.yaml
      systemctl daemon-reload && systemctl enable --now fraisier`);
    await until(
      "the unit listens",
      async () => (await fetch(`${scenario.url}/health`)).ok,
      () => sh("journalctl -u fraisier --no-pager -n 30"),
    );
    expect((await sh('ps -o user= -p "$(systemctl show -P MainPID fraisier)"')).trim()).toBe("fraisier");

    // The kernel lets members of a group in, and nobody else.
    const sockets = await sh("stat --format '%a %U:%G %n' /run/fraisier/*.sock");
    expect(sockets.trim().split("\n")).toEqual([
      "660 fraisier:fraisier-operators /run/fraisier/control.sock",
      "660 fraisier:fraisier-readers /run/fraisier/read.sock",
    ]);
    const asMember = (groups: string, socket: string): Promise<string> =>
      sh(`setpriv --reuid=nobody --regid=nogroup --groups=${groups} \
        curl --silent --show-error --unix-socket /run/fraisier/${socket} http://localhost/api/v1/whoami 2>&1 || true`);
    expect(await asMember("fraisier-operators", "control.sock")).toContain('"scope":"deploy"');
    expect(await asMember("fraisier-readers", "read.sock")).toContain('"scope":"read"');
    expect(await asMember("fraisier-readers", "control.sock")).toMatch(/Could ?n[o']t connect to server/);

    const foreign = "/srv/foreign/fraisier.db";
    const refused = await sh(`
      mkdir -m 700 /srv/foreign && touch ${foreign} && chown fraisier /srv/foreign
      sed 's|sqlite:[^"]*|sqlite:${foreign}|' ${scenario.folder}/fraises.yaml > /etc/fraisier/foreign.yaml
      SCENARIO_SECRET=x setpriv --reuid=fraisier --regid=fraisier --init-groups \\
        /usr/local/bin/fraisier status -c /etc/fraisier/foreign.yaml 2>&1 || true`);
    expect(refused).toMatch(
      /cannot open the store.*\nhint: \/srv\/foreign\/fraisier.db belongs to user 0, and this runs as/,
    );

    // The repository is fraisier's to read; root pushes into it all the same.
    writeFileSync(join(scenario.folder, "gitconfig"), "[safe]\n\tdirectory = *\n");
    const push = (): Promise<string> =>
      sh(`GIT_CONFIG_GLOBAL=${scenario.folder}/gitconfig git -C ${scenario.work} push --quiet origin main 2>&1`);
    const first = await scenario.commit("1");
    await push();
    const settled = async (
      revision: string,
      fraise = "shop",
    ): Promise<{ status: string; id: string; runner_kind: string; reason: string }> => {
      const ask = async (...args: string[]): Promise<unknown> =>
        JSON.parse(
          (
            await promisify(execFile)(
              "setpriv",
              [
                "--reuid=fraisier",
                "--regid=fraisier",
                "--init-groups",
                "env",
                `SCENARIO_SECRET=${scenario.secret}`,
                "/usr/local/bin/fraisier",
                ...args,
                "--json",
                "-c",
                "/etc/fraisier/fraises.yaml",
              ],
              { cwd: "/" },
            )
          ).stdout,
        );
      let found:
        | { id: string; status: string; fraise: string; revision: string; finished_at: string | null }
        | undefined;
      await until(
        "the deployment to end",
        async () => {
          const { deployments } = (await ask("history")) as { deployments: NonNullable<typeof found>[] };
          found = deployments.find(
            (each) => each.revision === revision && each.fraise === fraise && each.finished_at !== null,
          );
          return found !== undefined;
        },
        () => sh("journalctl --no-pager -n 60"),
      );
      const { deployment } = (await ask("show", found?.id ?? "")) as {
        deployment: { status: string; id: string; runner_kind: string; reason: string };
      };
      return deployment;
    };
    expect(await settled(first)).toMatchObject({ status: "succeeded", runner_kind: "systemd" });
    expect(await scenario.answer()).toBe("version 1");

    const pid = await sh("systemctl show -P MainPID fraisier");
    await sh("systemctl reload fraisier");
    expect(await sh("systemctl show -P MainPID fraisier")).toBe(pid);

    // A job whose units are root's, and one whose units are the user's own; but none whose units only root may write.
    expect(await settled(first, "theirs")).toMatchObject({ status: "succeeded" });
    expect(await settled(first, "own")).toMatchObject({ status: "succeeded" });
    expect(await settled(first, "denied")).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("/etc/systemd/system is not writable for this user"),
    });
    const as =
      "setpriv --reuid=fraisier --regid=fraisier --init-groups env HOME=/var/lib/fraisier XDG_RUNTIME_DIR=/run/user/$(id -u fraisier)";
    expect((await sh(`${as} systemctl --user is-active shop-own.timer`)).trim()).toBe("active");
    await sh(`${as} systemctl --user start shop-own.service`);
    expect((await sh("cat /srv/own/daily/report.txt")).trim()).toBe("1");
    const seen = await sh("cat /srv/own/daily/seen.txt");
    expect(seen).not.toContain(scenario.secret);
    expect(seen).not.toMatch(/SQLite format|FRAISIER_/);

    const bad = await scenario.commit("2 broken");
    await push();
    expect((await settled(bad)).status).toBe("rolled_back");
    expect(await scenario.answer()).toBe("version 1");

    const asFraisier = async (line: string): Promise<string> =>
      await sh(
        `setpriv --reuid=fraisier --regid=fraisier --init-groups systemctl --no-ask-password ${line} 2>&1 || true`,
      );
    expect(await asFraisier("restart systemd-journald.service")).toMatch(/authentication required|Access denied/);
    expect(await asFraisier("start fraisier-deploy@../../etc.service")).not.toBe("");
  });
});
