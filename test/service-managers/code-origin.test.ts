import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { localHost } from "../../src/host/local-host.ts";
import { codeOrigin } from "../../src/service-managers/code-origin.ts";
import type { Manager } from "../../src/service-managers/systemctl.ts";
import { managerOf } from "../../src/service-managers/systemctl.ts";
import { scratchFolder } from "../host/scratch-repository.ts";

/** An app with two releases, `current` at the second. */
function appFolder(): string {
  const app = join(scratchFolder(), "shop");
  for (const release of ["1", "2"]) mkdirSync(join(app, "releases", release), { recursive: true });
  symlinkSync("releases/2", join(app, "current"));
  return app;
}

/** What a real systemctl prints; a real one needs a real systemd, which test/systemd has. */
function shows(text: string): Manager {
  const bin = scratchFolder();
  writeFileSync(join(bin, "systemctl"), `#!/bin/sh\ncat <<'END'\n${text}\nEND\n`, { mode: 0o755 });
  return managerOf(false, localHost(), { PATH: `${bin}:${process.env["PATH"]}` });
}

const unit = (folder: string, argv: string, pid = 0): string =>
  `MainPID=${pid}\nWorkingDirectory=${folder}\nExecStart={ path=${argv.split(" ")[0]} ; argv[]=${argv} ; ignore_errors=no ; start_time=[n/a] }\nRootDirectory=\nRootImage=\nBindPaths=\nBindReadOnlyPaths=`;

async function origin(shown: string, folder: string, isLive = false) {
  return await codeOrigin(shows(shown), "shop.service", { folder, repository: "acme/shop", isLive }, localHost());
}

it("a unit that runs from another app's release, or from an old checkout of the same repository, is found out", async () => {
  const [app, old] = [appFolder(), appFolder()];
  const current = join(app, "current");
  expect(await origin(unit("", `/usr/bin/node ${current}/service.js`), current)).toEqual({ kind: "right" });
  expect(await origin(unit(current, "/usr/bin/node service.js"), current)).toEqual({ kind: "right" });
  const other = { kind: "other", from: join(old, "current"), wanted: current };
  expect(await origin(unit("", `/usr/bin/node --import=${old}/current/a.js x`), current)).toEqual(other);
  expect(await origin(unit(join(old, "current"), "/usr/bin/node service.js"), current)).toEqual(other);
  expect(await origin(unit("", `${app}/releases/1/bin/server`), current)).toMatchObject({ from: `${app}/releases/1` });
  const checkout = scratchFolder();
  mkdirSync(join(checkout, ".git"));
  writeFileSync(join(checkout, ".git/config"), `[remote "origin"]\n\turl = git@example.org:acme/shop.git\n`);
  expect(await origin(unit(checkout, "/usr/bin/node service.js"), current)).toMatchObject({ from: checkout });
});

it("says nothing false of a unit whose paths are no code, of another repository's checkout, and of one with a root of its own", async () => {
  const app = appFolder();
  const current = join(app, "current");
  const checkout = scratchFolder();
  mkdirSync(join(checkout, ".git"));
  writeFileSync(join(checkout, ".git/config"), `[remote "origin"]\n\turl = https://example.org/acme/infrastructure\n`);
  expect(await origin(unit("/", "/usr/local/bin/run-shop"), current)).toEqual({ kind: "unknown" });
  expect(await origin(unit(checkout, "/usr/bin/docker compose up"), current)).toEqual({ kind: "unknown" });
  const ownRoot = unit("/srv/other/releases/1", "/bin/app").replace("RootDirectory=", "RootDirectory=/srv/image");
  expect(await origin(ownRoot, current)).toBeUndefined();
});

it("a process that still works in an old release is found out, though its unit names the link", async () => {
  const app = appFolder();
  const current = join(app, "current");
  const pidIn = (release: string): number => {
    const child = spawn("sleep", ["60"], { cwd: join(app, "releases", release), stdio: "ignore" });
    onTestFinished(() => void child.kill("SIGKILL"));
    return child.pid ?? 0;
  };
  expect(await origin(unit(current, "/bin/sleep 60", pidIn("2")), current, true)).toEqual({ kind: "right" });
  expect(await origin(unit(current, "/bin/sleep 60", pidIn("1")), current, true)).toEqual({
    kind: "other",
    from: join(app, "releases/1"),
    wanted: join(app, "releases/2"),
  });
});
