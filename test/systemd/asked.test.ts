import { expect, it } from "vitest";
import { installScenario, sh } from "../helpers/installed-scenario.ts";

const CURL =
  "curl --silent --show-error --unix-socket /run/fraisier/control.sock -H 'content-type: application/json' -d '{\"target\": \"shop\"}' http://localhost/api/v1";
const UNITS = "systemctl list-units --plain --no-legend 'fraisier-deploy@*'";

it("an unprivileged daemon has a unit of its own answer plans and verifications, which ends if the client goes away", async () => {
  const { scenario, push, settled } = await installScenario({
    environment: `verify: [{ type: command, command: 'if test -f slow; then sleep 300; fi; grep -o "fraisier-deploy[^/]*" /proc/self/cgroup' }]`,
  });
  const ask = async (verb: string): Promise<unknown> => JSON.parse(await sh(`${CURL}/${verb}`)) as unknown;
  const revision = await push("1");
  expect(await settled(revision)).toMatchObject({ status: "succeeded" });
  expect(await ask("plan")).toMatchObject({ target: "shop/production", revision, runs_now: revision });
  expect(await ask("verify")).toMatchObject({ status: "passed", recorded: true });
  await expect.poll(() => sh(UNITS), { timeout: 20_000 }).toBe("");

  await sh(`touch ${scenario.app}/current/slow
    ${CURL}/verify & client=$!
    until ps -C sleep -o args= | grep -qx 'sleep 300'; do sleep 0.1; done
    kill $client`);
  await expect
    .poll(() => sh(`${UNITS}; ps -C sleep -o args= | grep -x 'sleep 300' || true`), { timeout: 20_000 })
    .toBe("");
  expect((await sh("ls /var/lib/fraisier")).split("\n").filter((name) => name.endsWith(".ask"))).toEqual([]);
});
