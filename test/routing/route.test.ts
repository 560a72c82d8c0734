import { describe, expect, it } from "vitest";
import type { RefPushed } from "../../src/domain/event.ts";
import type { Route, Subscription } from "../../src/domain/fraise.ts";
import { createRouter } from "../../src/routing/route.ts";

function route(fraise: string, subscription: Partial<Subscription>): Route {
  return {
    fraise,
    environment: "production",
    job: "",
    subscription: {
      forge: "github",
      repository: "acme/shop",
      branches: ["main"],
      tags: [],
      paths: [],
      ...subscription,
    },
  };
}

function push(more: Partial<RefPushed> = {}): RefPushed {
  return {
    kind: "pushed",
    repository: "acme/shop",
    ref: { kind: "branch", name: "main" },
    revision: "a".repeat(40),
    previous: "b".repeat(40),
    forced: false,
    test: false,
    message: "a change",
    pusher: "ann",
    paths: [],
    pathsComplete: false,
    ...more,
  };
}

/** `api:wish` or `api:skipped` for each proposal, `:ignored` where no target is meant. */
function outcome(routes: readonly Route[], event: RefPushed, forge = "github"): string[] {
  return createRouter(routes)(forge, { name: "push", events: [event] }).map(
    (proposal) => `${proposal.target?.fraise ?? ""}:${proposal.kind === "wish" ? "wish" : proposal.decision}`,
  );
}

describe("routing", () => {
  it("needs repository and branch to match, never the branch alone", () => {
    expect(outcome([route("api", {})], push())).toEqual(["api:wish"]);
    expect(outcome([route("api", {})], push({ repository: "evil/shop" }))).toEqual([":ignored"]);
    expect(outcome([route("api", {})], push(), "gitlab")).toEqual([":ignored"]);
  });

  it("fans out to every target of the repository, and says why the others do not want it", () => {
    const routes = [route("api", {}), route("web", { branches: ["release/*"] }), route("jobs", {})];
    expect(outcome(routes, push())).toEqual(["api:wish", "web:ignored", "jobs:wish"]);
  });

  it.each([
    ["release/*", "release/1.2", true],
    ["release/*", "release/1/2", false],
    ["release/**", "release/1/2", true],
    ["refs/heads/x", "refs/heads/x", true],
    ["release(1)", "release(1)", true],
    ["main", "Main", false],
    ["*", "anything", true],
  ])("branch pattern %s against %s", (pattern, name, wanted) => {
    const event = push({ ref: { kind: "branch", name } });
    expect(outcome([route("api", { branches: [pattern] })], event)).toEqual([wanted ? "api:wish" : "api:ignored"]);
  });

  it("lets an exclusion win", () => {
    const routes = [route("api", { branches: ["release/*", "!release/old"] })];
    expect(outcome(routes, push({ ref: { kind: "branch", name: "release/new" } }))).toEqual(["api:wish"]);
    expect(outcome(routes, push({ ref: { kind: "branch", name: "release/old" } }))).toEqual(["api:ignored"]);
  });

  it("does not take a tag for a branch of the same name", () => {
    const tag = push({ ref: { kind: "tag", name: "main" } });
    expect(outcome([route("api", {})], tag)).toEqual(["api:ignored"]);
    expect(outcome([route("api", { tags: ["v*"] })], push({ ref: { kind: "tag", name: "v1.2" } }))).toEqual([
      "api:wish",
    ]);
  });

  it("knows a repository by any case on a forge, and exactly in a folder", () => {
    expect(outcome([route("api", {})], push({ repository: "Acme/Shop" }))).toEqual(["api:wish"]);
    expect(outcome([route("api", { forge: "git" })], push({ repository: "Acme/Shop" }), "git")).toEqual([":ignored"]);
  });

  it.each(["[skip ci]", "[ci skip]", "[no ci]", "[skip deploy]", "[Deploy Skip]"])(
    "obeys %s in the message",
    (marker) => {
      expect(outcome([route("api", {})], push({ message: `docs ${marker}` }))).toEqual(["api:skipped"]);
    },
  );

  it("rejects by path only when it knows every path", () => {
    const routes = [route("api", { paths: ["services/api/**", "!**/*.md"] })];
    const docs = { paths: ["services/api/README.md", "web/index.ts"] };
    expect(outcome(routes, push({ ...docs, pathsComplete: true }))).toEqual(["api:skipped"]);
    expect(outcome(routes, push({ ...docs, pathsComplete: false }))).toEqual(["api:wish"]);
    expect(outcome(routes, push({ paths: ["services/api/main.ts"], pathsComplete: true }))).toEqual(["api:wish"]);
  });

  it("moves nothing for a test button or a deleted branch", () => {
    expect(outcome([route("api", {})], push({ test: true }))).toEqual([":ignored"]);
    const deleted = { kind: "deleted", repository: "acme/shop", ref: { kind: "branch", name: "main" } } as const;
    expect(createRouter([route("api", {})])("github", { name: "delete", events: [deleted] })).toMatchObject([
      { decision: "ignored" },
    ]);
  });
});
