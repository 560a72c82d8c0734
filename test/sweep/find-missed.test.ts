import { describe, expect, it } from "vitest";
import { findMissed } from "../../src/sweep/find-missed.ts";

const TARGET = {
  subscription: {
    forge: "github",
    repository: "acme/shop",
    branches: ["main", "release/*"],
    tags: ["v*"],
    paths: [],
  },
};
const [A, B] = ["a".repeat(40), "b".repeat(40)];

type Refs = Readonly<Record<string, string>>;

function seen(refs: Refs, at: string): ReadonlyMap<string, { revision: string; at: string }> {
  return new Map(Object.entries(refs).map(([ref, revision]) => [ref, { revision, at }]));
}

/** Deployed at noon; swept before or after that; undefined for never swept. */
function missed(remote: Refs, deployed: Refs, swept?: Refs, sweptAt = "13:00") {
  const found = findMissed(TARGET, new Map(Object.entries(remote)), {
    deployed: seen(deployed, "12:00"),
    swept: seen(swept ?? {}, sweptAt),
    isSwept: swept !== undefined,
  });
  return found.events.map(({ ref, revision }) => `${ref.name} ${revision[0]}`);
}

describe("pushes whose webhook never came", () => {
  const MAIN = "refs/heads/main";

  it("are branches that point elsewhere than their newest deployment and the last sweep", () => {
    expect(missed({ [MAIN]: A }, { [MAIN]: A }, {})).toEqual([]);
    expect(missed({ [MAIN]: B }, { [MAIN]: A }, {})).toEqual(["main b"]);
    expect(missed({ [MAIN]: B }, { [MAIN]: A }, { [MAIN]: B })).toEqual([]);
    // Deployed B, swept, deployed A, and forced back to B.
    expect(missed({ [MAIN]: B }, { [MAIN]: A }, { [MAIN]: B }, "11:00")).toEqual(["main b"]);
  });

  it("name the revision at which their ref was known last", () => {
    const previous = (deployed: Refs, swept: Refs, sweptAt: string) =>
      findMissed(TARGET, new Map([[MAIN, "c".repeat(40)]]), {
        deployed: seen(deployed, "12:00"),
        swept: seen(swept, sweptAt),
        isSwept: true,
      }).events.map((event) => event.previous);
    expect(previous({ [MAIN]: A }, {}, "13:00")).toEqual([A]);
    expect(previous({ [MAIN]: A }, { [MAIN]: B }, "13:00")).toEqual([B]);
    expect(previous({ [MAIN]: A }, { [MAIN]: B }, "11:00")).toEqual([A]);
    expect(previous({}, {}, "13:00")).toEqual([undefined]);
  });

  it("are new branches of a target that was looked at before, but only those it wants", () => {
    const remote = { [MAIN]: A, "refs/heads/release/2": B, "refs/heads/feature": B, "refs/notes/x": B };
    expect(missed(remote, { [MAIN]: A }, {})).toEqual(["release/2 b"]);
  });

  it("are at the first look only of refs that were deployed: what else is there is taken for given", () => {
    const remote = { [MAIN]: B, "refs/heads/release/1": A, "refs/tags/v1": A };
    expect(missed(remote, {})).toEqual([]);
    expect(missed(remote, { [MAIN]: A })).toEqual(["main b"]);
  });

  it("are of tags only the highest there is, so that no old one comes back", () => {
    const remote = { "refs/tags/v9": A, "refs/tags/v10": B, "refs/tags/v2": A };
    expect(missed(remote, {}, {})).toEqual(["v10 b"]);
    expect(missed(remote, { "refs/tags/v10": B }, {})).toEqual([]);
  });
});
