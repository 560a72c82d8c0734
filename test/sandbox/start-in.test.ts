import { describe, expect, it } from "vitest";
import { isShown, placeOf, startIn } from "../../src/sandbox/start-in.ts";
import type { SandboxPlan } from "../../src/sandbox/start-in.ts";

const ann = { name: "ann", uid: 1000, gid: 1000 };
const plan: SandboxPlan = {
  inhabitant: ann,
  system: [{ path: "/usr" }, { path: "/bin", linksTo: "usr/bin" }],
  mounts: [
    { place: "/srv/shop/releases/1", source: "/srv/shop/releases/1", access: "write" },
    { place: "/home/ann/.npm", source: "/var/lib/fraisier/caches/shop/npm", access: "write" },
  ],
  links: [{ path: "/srv/shop/current", linksTo: "releases/1" }],
  folders: ["/srv/shop"],
  cwd: "/srv/shop/releases/1",
  network: true,
};

const started = (of: SandboxPlan) => startIn(of, { bwrap: "/usr/bin/bwrap", env: "/usr/bin/env" }, ["make", "all"]);
const optionsOf = (of: SandboxPlan): readonly string[] => (started(of).texts.at(-1) ?? "").split("\0");

describe("a sandbox", () => {
  it("shows what lies at the same place on the machine, and nothing whose name only begins alike", () => {
    expect(["/usr/bin/node", "/bin/sh", "/srv/shop/releases/1/bin/x"].map((path) => isShown(path, plan))).toEqual([
      true,
      true,
      true,
    ]);
    expect(
      ["/opt/node", "/usrlocal", "/srv/shop/releases/12", "/home/ann/.npm"].map((path) => isShown(path, plan)),
    ).toEqual([false, false, false, false]);
  });

  it("has no network of its own accord only if that is asked for", () => {
    expect(optionsOf(plan)).not.toContain("--unshare-net");
    expect(optionsOf({ ...plan, network: false })).toContain("--unshare-net");
  });

  it("has no program that could give rights back, and ends with its runner", () => {
    const options = optionsOf(plan).join(" ");
    for (const each of ["--cap-drop ALL", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--remount-ro /"])
      expect(options).toContain(each);
  });

  it("does not show its command where the rest of the machine lies", () => {
    const argv = started(plan).argv.join(" ");
    expect(argv).toMatch(/ make all$/);
    expect(argv).not.toMatch(/srv|caches/);
  });

  it("knows root, nobody and its own user, each once", () => {
    const users = (uid: number, name: string): readonly (string | undefined)[] =>
      (started({ ...plan, inhabitant: { name, uid, gid: uid } }).texts[0] ?? "")
        .trim()
        .split("\n")
        .map((line) => line.split(":")[0]);
    expect(users(1000, "ann")).toEqual(["root", "nobody", "ann"]);
    expect(users(0, "root")).toEqual(["root", "nobody"]);
    expect(users(65_534, "nobody")).toEqual(["root", "nobody"]);
  });

  it("takes ~/ for its own home, and other paths for the release's", () => {
    const places = ["~/.npm", "/opt/cache/", ".next/cache"].map((each) => placeOf(each, ann, "/srv/shop/releases/1"));
    expect(places).toEqual(["/home/ann/.npm", "/opt/cache/", "/srv/shop/releases/1/.next/cache"]);
  });
});
