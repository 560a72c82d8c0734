import { describe, expect, it } from "vitest";
import { filledStore } from "../helpers/filled-store.ts";
import { shower } from "../helpers/shown-page.ts";

describe("the page of statistics", () => {
  it("has a line for each target, and everything about the one that is chosen", async () => {
    const { store, ids } = await filledStore();
    const { show } = shower(store);
    const all = (await show("/statistics")) ?? "";
    expect(all).toContain('href="/statistics?target=api%2Fproduction&amp;days=30"');
    expect(all).toContain("50.0 %");
    const one = (await show("/statistics?target=api/production&days=7")) ?? "";
    for (const words of [
      "Time to restore",
      "api/production by day: 1 succeeded and 1 failed",
      "Common failures",
      "building",
    ])
      expect(one).toContain(words);
    expect(one).toContain(`href="/deployments/${ids.takenBack}"`);
    expect(one).toContain('<option value="7" selected>');
    // An unknown target and an unusable number of days in the address count as absent.
    expect(await show("/statistics?target=nothing&days=x")).toContain("50.0 %");
  });

  it("knows only the targets of the viewer", async () => {
    const { store } = await filledStore();
    const page = await shower(store, { fraises: ["web"] }).show("/statistics");
    expect(page).not.toContain("api/production");
    expect(page).toContain("No deployment has ended since");
  });
});

describe("the page of locks and freezes", () => {
  it("says what is locked, by whom and why, and leads people who may act to the pages that ask", async () => {
    const { store } = await filledStore();
    await store.targets.lock({
      fraise: "web",
      environment: "*",
      job: "*",
      reason: "<b>fair</b>",
      lockedBy: "bob",
      lockedAt: "2026-11-20T09:00:00.000Z",
    });
    const page = (await shower(store).show("/locks")) ?? "";
    for (const words of ["database move", "ann@host", "&lt;b&gt;fair&lt;/b&gt;", "web/every environment", "frozen"])
      expect(page).toContain(words);
    expect(page).not.toContain("<b>fair");
    expect(page).toContain('href="/act/unlock?target=api%2Fproduction"');
    expect(page).toContain('href="/act/unlock?target=web"');
    expect(page).toContain('action="/act/lock"');
    expect(await shower(store, { scope: "read" }).show("/locks")).not.toContain("/act/");
  });

  it("shows somebody with some targets what concerns these", async () => {
    const { store } = await filledStore();
    expect(await shower(store, { fraises: ["web"] }).show("/locks")).not.toContain("database move");
    const api = (await shower(store, { fraises: ["api"] }).show("/locks")) ?? "";
    expect(api).toContain("database move");
    expect(api).not.toContain("web/staging");
    await store.targets.lock({
      fraise: "*",
      environment: "*",
      job: "*",
      reason: "power",
      lockedBy: "bob",
      lockedAt: "2026-11-20T09:00:00.000Z",
    });
    expect(await shower(store, { fraises: ["web"] }).show("/locks")).toContain("every target");
  });
});
