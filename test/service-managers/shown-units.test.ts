import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { localHost } from "../../src/host/local-host.ts";
import { withShownUnits } from "../../src/service-managers/shown-units.ts";
import { serviceOf } from "../../src/service-managers/index.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const COUNT = 600;

/** A systemctl that writes down each question, and shows units with long commands; with `hangs` it never answers. */
function systemctl(hangs: boolean): { readonly env: Record<string, string>; questions(): number } {
  const bin = join(temporaryFolder(), "bin");
  const asked = join(bin, "asked");
  mkdirSync(bin);
  const answer = `command=$(printf '%1500s' x)
until [ "$1" = -- ]; do shift; done; shift
first=1
for unit; do
  [ "$first" ] || echo
  first=
  printf 'LoadState=loaded\\nActiveState=active\\nSubState=%s\\nResult=success\\nExecStart=%s\\n' "$unit" "$command"
done`;
  const script = `#!/bin/sh\necho asked >> ${asked}\n${hangs ? "exec sleep 60" : answer}\n`;
  writeFileSync(join(bin, "systemctl"), script, { mode: 0o755 });
  return {
    env: { ...(process.env as Record<string, string>), PATH: `${bin}:${process.env["PATH"]}` },
    questions: () => readFileSync(asked, "utf8").trim().split("\n").length,
  };
}

const services = Array.from({ length: COUNT }, (_, n) => ({
  service: { manager: "systemd", unit: `shop${n}`, scope: "system" },
}));

it("a few questions tell the state of hundreds of units, however long the answers are together", async () => {
  const { env, questions } = systemctl(false);
  const processes = await withShownUnits(localHost(), services, env, 30_000);
  const asked = questions();
  expect(asked).toBe(2);
  for (const [n, { service }] of services.entries()) {
    const state = await serviceOf(service, { ...localHost(), processes }, env)?.state();
    expect(state?.description).toBe(`active (shop${n}.service)`);
  }
  expect(questions()).toBe(asked);
});

it("a systemd that does not answer is waited for once, also if many units are asked about", async () => {
  const { env, questions } = systemctl(true);
  const processes = await withShownUnits(localHost(), services, env, 300);
  for (const { service } of services)
    await expect(serviceOf(service, { ...localHost(), processes }, env)?.state()).rejects.toThrow(/cannot ask for/);
  expect(questions()).toBe(1);
});
