import { expect, it } from "vitest";
import { localProcesses } from "../../src/host/local-processes.ts";
import { sandboxGaps } from "../../src/sandbox/sandbox-gaps.ts";

type Settings = Parameters<typeof sandboxGaps>[1]["settings"];

const OURS = 4242;
const gapsOf = async (mode: "auto" | "off", given: Partial<Settings>): Promise<string> => {
  const sandbox = {
    mode,
    network: "on",
    cache: [],
    credentials: {},
    allow: { sockets: [], paths: [], devices: [], units: {} },
  };
  const settings = { sandbox, user: undefined, service: undefined, ...given } as Settings;
  const gaps = await sandboxGaps(localProcesses, { settings }, OURS);
  return gaps.map(({ problem }) => problem).join("\n");
};
const job = { service: "shop-daily.service", timer: "shop-daily.timer", command: "true", calendar: [], after: [] };

it("jobs and services that run as fraisier's own user are named under `auto`, whoever starts them", async () => {
  const userJob = { job: { ...job, scope: "user" } } as unknown as Partial<Settings>;
  expect(await gapsOf("auto", userJob)).toContain("the job shop-daily.service runs as fraisier's own user");
  expect(await gapsOf("auto", { service: { manager: "systemd", unit: "shop", scope: "user" } })).toContain(
    "the service shop runs as fraisier's own user",
  );
  expect(await gapsOf("auto", { service: { manager: "command", restart: "true" } })).toContain(
    "the service's commands, and what they start, run as fraisier's own user",
  );
});

it("jobs and services of another user are not named, and nothing is under `off`", async () => {
  const otherJob = { job: { ...job, scope: "system", user: "www-data" } } as unknown as Partial<Settings>;
  expect(await gapsOf("auto", otherJob)).not.toContain("shop-daily");
  expect(await gapsOf("auto", { service: { manager: "command", restart: "true", user: "www-data" } })).not.toContain(
    "the service's commands",
  );
  expect(await gapsOf("off", { service: { manager: "command", restart: "true" } })).toBe("");
});
