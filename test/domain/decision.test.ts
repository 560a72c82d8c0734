import { describe, expect, it } from "vitest";
import { decide } from "../../src/domain/decision.ts";
import type { QueueEntry, Situation } from "../../src/domain/decision.ts";
import { NEXT_STATUSES, isOutcome } from "../../src/domain/deployment.ts";
import type { DeploymentStatus } from "../../src/domain/deployment.ts";
import { parseRef } from "../../src/domain/event.ts";
import { newId } from "../../src/domain/id.ts";
import { redactor } from "../../src/domain/redact.ts";
import { API, revision, wanted } from "../helpers/store.ts";

const EMPTY: Situation = {
  target: API,
  running: undefined,
  waiting: undefined,
  active: undefined,
  badRevisions: new Map(),
};

function entry(status: DeploymentStatus): QueueEntry {
  return { id: "first", revision: revision("a"), status };
}

describe("deciding on a redelivery", () => {
  it.each(Object.keys(NEXT_STATUSES) as DeploymentStatus[])("after a deployment that is %s", (status) => {
    const repeats = ["failed", "rolled_back", "rollback_failed", "superseded", "skipped", "cancelled"].includes(status);
    expect(decide(wanted(revision("a")), EMPTY, entry(status)).decision).toBe(repeats ? "queued" : "redelivery");
  });
});

describe("deciding on pushes that cross", () => {
  const newer: QueueEntry = { id: "newer", revision: revision("b"), status: "queued" };

  it("drops no push because another one seems to have come after it: only the remote can tell", () => {
    for (const previous of [revision("0"), revision("b"), revision("c")]) {
      const crossing = wanted(revision("a"), { previous });
      expect(decide(crossing, { ...EMPTY, waiting: newer }, undefined).decision).toBe("queued");
    }
  });

  it("never lets a push end with a deployment that is being taken back", () => {
    const running: QueueEntry = { id: "first", revision: revision("a"), status: "rolling_back" };
    expect(decide(wanted(revision("a")), { ...EMPTY, running }, undefined).decision).toBe("queued");
  });

  it("takes another ref on the same commit for a push of its own", () => {
    const tag = wanted(revision("b"), { ref: { kind: "tag", name: "v1" } });
    const waiting: QueueEntry = { ...newer, ref: { kind: "branch", name: "main" } };
    expect(decide(tag, { ...EMPTY, waiting }, undefined).decision).toBe("queued");
  });
});

describe("the life of a deployment", () => {
  it("ends in every status that leads nowhere, and in no other", () => {
    const open = (Object.keys(NEXT_STATUSES) as DeploymentStatus[]).filter((status) => !isOutcome(status));
    expect(open).toEqual(["queued", "running", "rolling_back"]);
  });
});

describe("ids", () => {
  it("are unique, sort by time even within a millisecond, and fit into a unit name", () => {
    const ids = Array.from({ length: 10_000 }, () => newId());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
    expect(ids.every((id) => /^[0-9a-z]{13}$/.test(id))).toBe(true);
  });

  it("go on growing when the clock is set back", () => {
    const before = newId();
    expect(newId(Date.now() - 3_600_000) > before).toBe(true);
  });
});

describe("refs", () => {
  it("are split at their prefix only", () => {
    expect(parseRef("refs/heads/feature/a/b")).toEqual({ kind: "branch", name: "feature/a/b" });
    expect(parseRef("refs/heads/refs/heads/x")).toEqual({ kind: "branch", name: "refs/heads/x" });
    expect(parseRef("refs/tags/v1")).toEqual({ kind: "tag", name: "v1" });
    expect(parseRef("refs/pull/1/head")).toBeUndefined();
    expect(parseRef("refs/heads/")).toBeUndefined();
  });
});

describe("redaction", () => {
  it("hides every secret wherever it stands, the longer one first", () => {
    const redact = redactor(["hunter2", "hunter2-and-more", "abc"]);
    expect(redact("x hunter2-and-more hunter2 abc")).toBe("x *** *** abc");
  });

  it("hides each line of a secret of several lines", () => {
    expect(redactor(["first line\nsecond line"])("saw: second line")).toBe("saw: ***");
  });
});
