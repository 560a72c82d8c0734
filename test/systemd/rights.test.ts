import { createServer } from "node:net";
import { expect, it } from "vitest";
import { until } from "../helpers/scenario.ts";
import { installScenario, sh } from "../helpers/installed-scenario.ts";

it("an unprivileged daemon ends a runner that hangs", async () => {
  const { push, settled, fraisier } = await installScenario({ environment: "build: sleep 600" });
  const revision = await push("1");
  let unit = "";
  await until("the build", async () => {
    unit = (await sh("systemctl list-units --plain --no-legend 'fraisier-deploy@*' | cut -d' ' -f1")).trim();
    return unit !== "" && (await sh(`systemctl status --no-pager ${unit}`)).includes("sleep 600");
  });
  await sh(`systemctl kill --signal=STOP --kill-who=main ${unit}`);
  // A cancellation shortens the time after which a silent runner is ended.
  await fraisier("cancel", unit.slice(16, 29));
  expect(await settled(revision)).toMatchObject({ status: "cancelled" });
});

it(
  "an operator's mistake is found before anything is built, names its remedy, and holds nothing",
  { timeout: 400_000 },
  async () => {
    const { scenario, push, settled, fraisier, edit } = await installScenario({
      environment: "build: touch ../../was-built\nverify: [ { type: log } ]",
    });
    const isActive = async (): Promise<string> => (await sh("systemctl is-active shop-api || true")).trim();
    const built = async (): Promise<string> => (await sh(`ls ${scenario.app}`)).trim();
    const state = async (): Promise<unknown> =>
      (JSON.parse((await fraisier("status", "--json")).stdout) as { targets: unknown[] }).targets[0];

    // Without the polkit rule.
    await sh("rm /etc/polkit-1/rules.d/51-fraisier-targets.rules; sleep 1");
    const first = await push("1");
    const denied = await settled(first);
    expect(denied).toMatchObject({
      status: "failed",
      reason: expect.stringContaining(
        "polkit does not let the user that fraisier runs as restart or stop shop-api.service",
      ),
      hint: expect.stringContaining("sudo fraisier privileges install"),
    });
    expect(denied.hint).toContain("This is not the revision's fault");
    expect(await built()).not.toContain("was-built");
    for (const command of [["plan"], ["target", "test"]]) {
      const { stdout } = await fraisier(...command, "shop", "production");
      expect(stdout, command.join(" ")).toContain("sudo fraisier privileges install");
    }
    expect((await fraisier("status")).stdout).toContain("sudo fraisier privileges install");
    const seen = async (check: string): Promise<unknown> => {
      const { findings } = JSON.parse((await fraisier("doctor", "--json")).stdout) as { findings: { check: string }[] };
      return findings.find((finding) => finding.check === check);
    };
    expect(await seen("shop/production unit")).toMatchObject({
      status: "error",
      remedy: expect.stringContaining("sudo fraisier privileges install"),
    });
    expect(await seen("unit fraisier-deploy@")).toMatchObject({ status: "ok" });
    expect(await seen("unit fraisier.service")).toMatchObject({
      status: "warning",
      remedy: expect.stringContaining("enable"),
    });
    expect(await seen("unit fraisier-deploy@.service")).toMatchObject({ status: "ok" });
    await sh("fraisier privileges install -c /etc/fraisier/fraises.yaml; sleep 1");
    expect(await seen("shop/production unit")).toMatchObject({ status: "ok" });

    // With a port that is taken: the service did not run before, and is not stopped on the way back.
    const port = Number(new URL(scenario.serviceUrl).port);
    const squatter = createServer((socket) => socket.destroy()).listen(port, "127.0.0.1");
    const taken = JSON.parse(
      (await fraisier("deploy", "shop", "production", "--wait", "--json")).stdout.trim().split("\n").at(-1) ?? "",
    ) as object;
    expect(taken).toMatchObject({ status: "rolled_back", reason: expect.stringContaining(`port ${port} is taken`) });
    expect(taken).toMatchObject({ reason: expect.stringContaining("EADDRINUSE") });
    expect(await isActive()).toBe("failed");
    await new Promise((resolve) => squatter.close(resolve));
    expect(await state()).toMatchObject({ hold_reason: null });

    // With everything in order, at once.
    expect(await fraisier("deploy", "shop", "production", "--wait")).toMatchObject({ exitCode: 0 });
    expect(await scenario.answer()).toBe("version 1");

    // With a unit that is misspelt, then masked.
    await edit("s/shop-api.service/shop-apo.service/");
    expect(await settled(await push("2"))).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("systemd knows no unit shop-apo.service"),
    });
    expect((await fraisier("status")).stdout).toContain("drift: systemd cannot use the unit shop-apo.service");
    await sh("ln -s /dev/null /etc/systemd/system/shop-apo.service && systemctl daemon-reload");
    expect(await settled(await push("3"))).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("shop-apo.service is masked"),
    });
    await sh("rm /etc/systemd/system/shop-apo.service && systemctl daemon-reload");
    await edit("s/shop-apo.service/shop-api.service/");

    // Without the right to read the journal.
    await sh("gpasswd --delete fraisier systemd-journal");
    expect(await settled(await push("4"))).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("the journal of shop-api.service cannot be read"),
      hint: expect.stringContaining("systemd-journal"),
    });
    expect(await state()).toMatchObject({ hold_reason: null });
    expect(await scenario.answer()).toBe("version 1");
  },
);

it(
  "a bare repository of another user tells of its pushes and is read without safe.directory",
  { timeout: 200_000 },
  async () => {
    const { scenario, settled } = await installScenario();
    await sh("systemd-sysusers --inline 'u shopgit - \"Repositories\" /srv/git /bin/sh'");
    const { bare, url, secret, work } = scenario;
    await sh(`
    chown -R shopgit:shopgit ${bare}
    install -m 755 scripts/post-receive ${bare}/hooks/post-receive
    install -m 600 -o shopgit /dev/null ${bare}.secret && echo ${secret} > ${bare}.secret
    git config --file ${bare}/config fraisier.url ${url}/webhook/git
    git config --file ${bare}/config fraisier.secretFile ${bare}.secret`);
    const revision = await scenario.commit("1");
    await sh(`chown -R shopgit ${work}`);
    const said = await sh(
      `cd / && setpriv --reuid=shopgit --regid=shopgit --init-groups env HOME=/tmp git -C ${work} push origin main 2>&1`,
    );
    expect(said).toContain("fraisier: shop/production: queued");
    expect(await settled(revision)).toMatchObject({ status: "succeeded" });
  },
);
