import { describe, expect, it } from "vitest";
import { beginDrain } from "../../src/actions/hosts/begin-drain.ts";
import { forgetSilentHost } from "../../src/actions/hosts/forget-silent-host.ts";
import { endDrain } from "../../src/actions/hosts/end-drain.ts";
import { answerHosts } from "../../src/answers/hosts/answer-hosts.ts";
import { differencesOf } from "../../src/answers/hosts/differences-of.ts";
import { families } from "../../src/compose/app.ts";
import { parseConfig } from "../../src/config/load.ts";
import { ownIdentity } from "../../src/host/process-identity.ts";
import { drainedHere } from "../../src/queue/drained-here.ts";
import type { Store } from "../../src/store/store.ts";
import { API, freshStore, revision, wanted } from "../helpers/store.ts";

const config = parseConfig("server: { name: web1, labels: { role: web } }\n", "fraises.yaml", families, {});

/** A daemon of this machine registers: this process, or one that is dead. */
async function register(store: Store, name: string, pid = process.pid): Promise<void> {
  await store.daemons.register({
    ...ownIdentity(),
    pid,
    id: `daemon of ${name}`,
    name,
    labels: config.server.labels,
    hasClaimed: store.onServer !== undefined,
    listen: "127.0.0.1:8787",
    version: "1.2.3",
    storeVersion: store.knownVersion,
    startedAt: "2026-11-20T09:00:00.000Z",
    configFile: "/etc/fraisier/fraises.yaml",
    configStamp: "",
    configReadAt: "2026-11-20T09:00:00.000Z",
    configDigest: "0123456789ab",
    troubles: [],
  });
}

describe("a host", () => {
  it("is known with its labels once a daemon has registered there", async () => {
    const store = await freshStore();
    expect((await answerHosts({ config, store })).hosts).toEqual([]);
    await register(store, "web1");
    const [host] = (await answerHosts({ config, store })).hosts;
    expect(host).toMatchObject({
      name: "web1",
      labels: ["role=web"],
      is_here: true,
      outdated: false,
      version: "1.2.3",
      config_digest: "0123456789ab",
      drained: null,
      runs: [],
    });
    // A store in a file is asked by its own machine, which sees that the process lives. On a server, no sign of life was given yet.
    expect(host?.state).toBe(store.onServer === undefined ? "alive" : "silent");
    if (store.onServer === undefined) expect(host?.free_bytes).toBeGreaterThan(0);
  });

  it("starts nothing while it is drained, and what waits says who did that and why", async () => {
    const store = await freshStore();
    await register(store, "web1");
    expect(await drainedHere(store, "web1")).toBeUndefined();
    await expect(beginDrain({ store }, "web1", " ", "ann")).rejects.toThrow("needs a reason");
    await expect(beginDrain({ store }, "web9", "new disk", "ann")).rejects.toThrow("the store knows no host web9");
    expect(await beginDrain({ store }, "web1", "new disk", "ann")).toMatchObject({ host: "web1", replaced: null });
    expect(await drainedHere(store, "web1")).toEqual({ kind: "drained", host: "web1", by: "ann", reason: "new disk" });
    // A daemon that starts there finds the host as it was left.
    await register(store, "web1");
    expect((await answerHosts({ config, store })).hosts[0]?.drained).toMatchObject({ by: "ann", reason: "new disk" });
    expect(await beginDrain({ store }, "web1", "new fan", "bob")).toMatchObject({ replaced: { by: "ann" } });
    expect(await endDrain({ store }, "web1", "", "ann")).toMatchObject({ was: { reason: "new fan" } });
    expect(await drainedHere(store, "web1")).toBeUndefined();
    await expect(endDrain({ store }, "web1", "", "ann")).rejects.toThrow("web1 is not drained");
  });

  it("is shown with what runs there, which is unknown if it is silent", async () => {
    const store = await freshStore();
    const name = store.host === "" ? "web1" : store.host;
    await register(store, name);
    const { deployment } = await store.queue.enqueue(API, "person", wanted(revision("a")));
    await store.queue.claim(deployment, { leaseMs: 60_000, claimer: JSON.stringify(ownIdentity()) });
    const { hosts } = await answerHosts({ config, store });
    const runs = Object.fromEntries(hosts.map((host) => [host.name, host.runs]));
    const run = { ...API, id: deployment, is_known: store.onServer === undefined };
    expect(runs).toEqual({ [name]: [run] });
  });

  it("is forgotten if its daemon is dead", async () => {
    const store = await freshStore();
    await register(store, "web1", 2 ** 30);
    await expect(forgetSilentHost({ config, store }, "web9", "ann")).rejects.toThrow("the store knows no host web9");
    expect(await forgetSilentHost({ config, store }, "web1", "ann")).toEqual({ host: "web1", runs: [] });
    expect((await answerHosts({ config, store })).hosts).toEqual([]);
    expect(await store.daemons.all()).toEqual([]);
  });
});

describe("the differences between hosts", () => {
  const host = (name: string, version: string, digest: string, state: "alive" | "silent" = "alive") => ({
    name,
    version,
    config_digest: digest,
    state,
  });

  it("are named with the most frequent value first, and silent hosts are left out", () => {
    expect(differencesOf([host("web1", "1.2.0", "a"), host("web2", "1.2.0", "a")])).toEqual([]);
    expect(
      differencesOf([
        host("web1", "1.3.0", "a"),
        host("web2", "1.2.0", "b"),
        host("web3", "1.2.0", "b"),
        host("web4", "1.1.0", "c", "silent"),
      ]),
    ).toEqual([
      {
        what: "version",
        values: [
          { value: "1.2.0", hosts: ["web2", "web3"] },
          { value: "1.3.0", hosts: ["web1"] },
        ],
      },
      {
        what: "configuration",
        values: [
          { value: "b", hosts: ["web2", "web3"] },
          { value: "a", hosts: ["web1"] },
        ],
      },
    ]);
  });
});
