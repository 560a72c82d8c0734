import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { TargetStatus } from "../../src/answers/schemas/status-document.ts";
import { answerStatus } from "../../src/answers/targets/answer-status.ts";
import { families } from "../../src/compose/app.ts";
import { parseConfig } from "../../src/config/load.ts";
import { localHost } from "../../src/host/local-host.ts";
import { freshStore, revision, wanted } from "../helpers/store.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const COUNT = 30;

/** The status of thirty targets that are live, each with this service. `bin` has the programs that they call. */
async function statusOf(bin: string, service: (number: number) => string, onTarget?: (target: TargetStatus) => void) {
  const store = await freshStore();
  const live = temporaryFolder();
  const fraises = Array.from(
    { length: COUNT },
    (_, number) => `  shop${number}:
    type: api
    repository: acme/shop${number}
    clone_url: https://git.example.com/acme/shop${number}.git
    environments:
      production: { branch: main, sandbox: off, app_path: ${live}/${number}, service: ${service(number)} }
`,
  );
  const text = `git: { github: { webhook_secret: a-long-secret } }\nfraises:\n${fraises.join("")}`;
  const config = parseConfig(text, "fraises.yaml", families, { PATH: `${bin}:${process.env["PATH"]}` });
  const runner = { owner: "runner", kind: "process", identity: "{}" };
  const settled = { outcome: "succeeded", reason: "", hint: "" } as const;
  for (const target of config.targets) {
    const { deployment } = await store.queue.enqueue(target, "person", wanted(revision("a")));
    await store.queue.claim(deployment, { leaseMs: 60_000, claimer: "{}" });
    await store.queue.adopt(deployment, runner, 60_000);
    await store.deployments.settle(deployment, "runner", settled);
  }
  return await answerStatus({ config, store }, { targets: {}, host: localHost(), onTarget });
}

function binFolder(programs: Readonly<Record<string, string>>): string {
  const bin = join(temporaryFolder(), "bin");
  mkdirSync(bin);
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(bin, name), text, { mode: 0o755 });
  return bin;
}

it("systemd is asked once for the units of all targets", async () => {
  const asked = join(temporaryFolder(), "asked");
  const shown = `until [ "$1" = -- ]; do shift; done; shift
first=1
for unit; do
  [ "$first" ] || echo
  first=
  state=active; [ "$unit" != shop7.service ] || state=failed
  printf 'Id=%s\\nLoadState=loaded\\nActiveState=%s\\nSubState=running\\nResult=success\\nType=simple\\nMainPID=0\\n' "$unit" $state
done`;
  const bin = binFolder({ systemctl: `#!/bin/sh\necho asked >> ${asked}\n${shown}\n` });
  const { targets } = await statusOf(bin, (number) => `{ manager: systemd, unit: shop${number} }`);
  expect(readFileSync(asked, "utf8")).toBe("asked\n");
  expect(targets).toHaveLength(COUNT);
  const drifted = targets.filter(({ drift }) => drift?.includes("shop7.service"));
  expect(drifted.map(({ target }) => target)).toEqual(["shop7/production"]);
  expect(targets.filter(({ unknown }) => unknown !== undefined && unknown !== "")).toEqual([]);
});

it("a systemd that hangs is waited for once, and no target is taken for changed", async () => {
  const asked = join(temporaryFolder(), "asked");
  const bin = binFolder({ systemctl: `#!/bin/sh\necho asked >> ${asked}\nexec sleep 60\n` });
  const { targets } = await statusOf(bin, (number) => `{ manager: systemd, unit: shop${number} }`);
  expect(readFileSync(asked, "utf8")).toBe("asked\n");
  expect(targets.filter(({ unknown }) => unknown?.includes("cannot be asked"))).toHaveLength(COUNT);
  expect(targets.filter(({ drift }) => drift !== null && drift !== "")).toEqual([]);
});

it("at most eight programs run at once", async () => {
  const list = join(temporaryFolder(), "list");
  const bin = binFolder({ isup: `#!/bin/sh\necho begin >> ${list}\nsleep 0.05\necho end >> ${list}\n` });
  await statusOf(bin, () => `{ manager: command, restart: ["true"], status: [isup] }`);
  let [running, most] = [0, 0];
  for (const line of readFileSync(list, "utf8").trim().split("\n")) {
    running += line === "begin" ? 1 : -1;
    most = Math.max(most, running);
  }
  expect(readFileSync(list, "utf8").match(/begin/g)).toHaveLength(COUNT);
  expect(most).toBeLessThanOrEqual(8);
});

it("targets are told in order, each before the slower ones behind it have answered", async () => {
  const folder = temporaryFolder();
  const gate = join(folder, "gate");
  // The last one answers only after the first ones were told.
  const bin = binFolder({ isup: `#!/bin/sh\n[ "$1" != 9 ] || until test -e ${gate}; do sleep 0.02; done\n` });
  const told: string[] = [];
  const { targets } = await statusOf(
    bin,
    (number) => `{ manager: command, restart: ["true"], status: [isup, "${number}"] }`,
    ({ target, unknown }) => {
      told.push(target);
      if (target === "shop8/production") writeFileSync(gate, "");
      expect(unknown).toBe("");
    },
  );
  expect(targets.at(-1)?.target).toBe("shop9/production");
  expect(told).toEqual(targets.map(({ target }) => target));
});
