import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tellSystemd } from "../../src/host/tell-systemd.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

describe("telling systemd that the daemon is ready", () => {
  it("sends the message once, and hides the socket from the commands that the daemon starts", async () => {
    const folder = temporaryFolder();
    const program = join(folder, "systemd-notify");
    writeFileSync(program, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${folder}/said\n`);
    chmodSync(program, 0o755);
    const env = { PATH: `${folder}:/usr/bin:/bin`, NOTIFY_SOCKET: "/run/notify" };
    expect(await tellSystemd("listening", env)).toBeUndefined();
    expect(await tellSystemd("listening", env)).toBeUndefined();
    expect(env).not.toHaveProperty("NOTIFY_SOCKET");
    expect(readFileSync(join(folder, "said"), "utf8")).toBe("/run/notify --ready --status=listening\n");
  });

  it("gives the reason if systemd-notify is missing", async () => {
    expect(await tellSystemd("listening", { PATH: temporaryFolder(), NOTIFY_SOCKET: "/run/notify" })).toMatch(
      /systemd could not be told .*systemd-notify/,
    );
  });
});
