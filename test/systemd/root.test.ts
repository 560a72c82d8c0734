import { expect, it, onTestFinished } from "vitest";
import { until } from "../helpers/scenario.ts";
import { installScenario, sh } from "../helpers/installed-scenario.ts";

it("with the drop-in for root, fraisier deploys, writes unit files of the system and turns their timers on", async () => {
  const { scenario, push } = await installScenario({
    fraises: `
reports:
  type: scheduled
  repository: acme/shop
  clone_url: $FOLDER/shop.git
  environments:
    production:
      branch: main
      app_path: /srv/reports
      jobs: { daily: { systemd_service: shop-daily, schedule: daily, command: cat VERSION, user: nobody } }`,
  });
  onTestFinished(async () => {
    await sh(`
      systemctl stop fraisier 'fraisier-deploy@*'
      systemctl disable --now shop-daily.timer || true
      cd /etc/systemd/system && rm -rf fraisier.service.d shop-daily.* /srv/reports /var/lib/fraisier
      systemctl daemon-reload`);
  });
  // The lines of systemd/README.md.
  await sh(`
    systemctl stop fraisier
    for unit in fraisier.service fraisier-deploy@.service; do
      install -D -m 644 systemd/root.conf /etc/systemd/system/$unit.d/root.conf
    done
    chown -R root:root /var/lib/fraisier
    mkdir -p /srv/reports
    chown -R root:root ${scenario.app} ${scenario.bare}
    systemctl daemon-reload && systemctl start fraisier`);
  await until("the unit listens", async () => (await fetch(`${scenario.url}/health`)).ok);
  expect((await sh('ps -o user= -p "$(systemctl show -P MainPID fraisier)"')).trim()).toBe("root");
  const revision = await push("1");
  // The store belongs to root: only root may ask.
  const history = (): Promise<string> => sh("fraisier history --json -c /etc/fraisier/fraises.yaml");
  await until(
    "both deployments",
    async () => {
      const { deployments } = JSON.parse(await history()) as { deployments: { revision: string; status: string }[] };
      const ended = deployments.filter((each) => each.revision === revision && each.status === "succeeded");
      return ended.length === 2;
    },
    history,
  );
  expect(await scenario.answer()).toBe("version 1");
  expect((await sh("systemctl is-active shop-daily.timer")).trim()).toBe("active");
  expect(await sh("systemctl start shop-daily.service; journalctl -u shop-daily -o cat -n 20")).toMatch(/^1$/m);
});
