import { expect, it } from "vitest";
import { until } from "../helpers/scenario.ts";
import { installScenario, sh } from "../helpers/installed-scenario.ts";

it("an unprivileged daemon ends a runner that hangs", { timeout: 200_000 }, async () => {
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
