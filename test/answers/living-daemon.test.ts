import { describe, expect, it } from "vitest";
import { livingDaemon } from "../../src/answers/daemon/living-daemon.ts";
import { ownIdentity } from "../../src/host/process-identity.ts";
import type { NewDaemon } from "../../src/store/writes/register-daemon.ts";
import { freshStore } from "../helpers/store.ts";

function daemon(id: string, more: Partial<NewDaemon> = {}): NewDaemon {
  const { host, pid, bootId, startTime, pidNamespace } = ownIdentity();
  return {
    id,
    name: "",
    labels: [],
    hasClaimed: false,
    configDigest: "",
    host,
    pid,
    bootId,
    startTime,
    pidNamespace,
    listen: "",
    version: "0.1.0",
    storeVersion: 1,
    startedAt: "",
    configFile: "",
    configStamp: "",
    configReadAt: "",
    troubles: [],
    ...more,
  };
}

describe("a daemon in another container with the same host name, on the same store", () => {
  it("is not taken for a daemon of this one, even if it has the same pid", async () => {
    const store = await freshStore();
    await store.daemons.register(daemon("theirs", { pidNamespace: "pid:[1]" }));
    expect(await livingDaemon(store)).toBeUndefined();
  });

  it("stays on record when the daemon of this one starts, and the one of an earlier boot does not", async () => {
    const store = await freshStore();
    await store.daemons.register(daemon("theirs", { pidNamespace: "pid:[1]" }));
    await store.daemons.register(daemon("ours"));
    await store.daemons.register(daemon("ours after a restart"));
    expect((await store.daemons.all()).map(({ id }) => id).toSorted()).toEqual(["ours after a restart", "theirs"]);
    expect(await livingDaemon(store)).toMatchObject({ id: "ours after a restart" });
    await store.daemons.register(daemon("after a boot", { bootId: "another" }));
    expect((await store.daemons.all()).map(({ id }) => id)).toEqual(["after a boot"]);
  });
});
