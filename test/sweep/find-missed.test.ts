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

function missed(remote: Readonly<Record<string, string>>, known: Readonly<Record<string, readonly string[]>> = {}) {
  const found = findMissed(TARGET, new Map(Object.entries(remote)), {
    revisions: new Map(Object.entries(known)),
    isKnown: Object.keys(known).length > 0,
  });
  return { wishes: found.events.map(({ ref, revision }) => `${ref.name} ${revision[0]}`), refs: found.refs.length };
}

describe("pushes whose webhook never came", () => {
  it("are branches that point elsewhere than anybody has dealt with", () => {
    const known = { "refs/heads/main": [A] };
    expect(missed({ "refs/heads/main": A }, known)).toEqual({ wishes: [], refs: 0 });
    expect(missed({ "refs/heads/main": B }, known)).toEqual({ wishes: ["main b"], refs: 1 });
    expect(missed({ "refs/heads/main": B }, { "refs/heads/main": [A, B] })).toEqual({ wishes: [], refs: 0 });
  });

  it("are new branches and tags of a target that is known, but only those it wants", () => {
    const remote = { "refs/heads/main": A, "refs/heads/release/2": B, "refs/heads/feature": B, "refs/notes/x": B };
    expect(missed(remote, { "refs/heads/main": [A] })).toEqual({ wishes: ["release/2 b"], refs: 1 });
  });

  it("are taken for given at the first look at a target, and remembered", () => {
    expect(missed({ "refs/heads/main": A, "refs/tags/v1": B })).toEqual({ wishes: [], refs: 2 });
  });

  it("are of several new tags only the highest version", () => {
    const remote = { "refs/tags/v9": A, "refs/tags/v10": B, "refs/tags/v2": A };
    expect(missed(remote, { "refs/heads/main": [A] })).toEqual({ wishes: ["v10 b"], refs: 3 });
  });
});
