import { describe, expect, it } from "vitest";
import { filledStore } from "../helpers/filled-store.ts";
import { shower } from "../helpers/shown-page.ts";

/** The numbers of the lines of the log that a page shows. */
function linesOf(page: string | undefined): readonly number[] {
  return [...(page ?? "").matchAll(/<tr id="L(\d+)"/g)].map(([, number]) => Number(number));
}

describe("the page of a deployment", () => {
  it("says in a sentence how it ended, with reason, advice, phases, checks and the same story as fraisier why", async () => {
    const { store, ids } = await filledStore();
    const page = (await shower(store).show(`/deployments/${ids.takenBack}`)) ?? "";
    expect(page).toMatch(/It failed after [\d.]+ s and was taken back: the service answers 500\./);
    expect(page).toContain("Look at its log");
    expect(page).toContain("fraisier deploy api production --revision bbbb");
    expect(page).toMatch(/health check\s*<span class="phase-word">failed/);
    expect(page).toContain("It was taken back by itself");
    expect(page).toContain("front");
    expect(page).toContain('href="/targets/api/production"');
    const live = (await shower(store).show(`/deployments/${ids.live}`)) ?? "";
    expect(live).toMatch(/It went live after [\d.]+ s\./);
    expect(live).toContain(`href="/deliveries/${ids.pushed}"`);
    expect(live).toContain(`href="https://github.com/acme/shop/commit/${"a".repeat(40)}"`);
    expect(page).toContain(`href="https://github.com/acme/shop/compare/${"a".repeat(40)}...${"b".repeat(40)}"`);
  });

  it("shows the end of a long log, leads to every other part of it, and to each line", async () => {
    const { store, ids } = await filledStore();
    await store.deployments.appendOutput(
      ids.live,
      Array.from({ length: 1_000 }, (_, index) => ({
        sequence: index + 3,
        at: "2026-11-20T09:00:02.000Z",
        step: index < 900 ? "build" : "check",
        stream: "stdout" as const,
        line: `line ${index + 3}`,
      })),
    );
    const { show } = shower(store);
    const path = `/deployments/${ids.live}`;
    const end = await show(path);
    expect([linesOf(end).at(0), linesOf(end).at(-1)]).toEqual([703, 1_002]);
    expect(end).toContain(`href="${path}?before=703#log"`);
    expect(end).not.toContain("Newer lines");
    const older = await show(`${path}?before=703`);
    expect([linesOf(older).at(0), linesOf(older).at(-1)]).toEqual([403, 702]);
    const start = await show(`${path}?after=0`);
    expect([linesOf(start).at(0), linesOf(start).at(-1)]).toEqual([1, 300]);
    expect(start).toContain(`href="${path}?after=300#log"`);
    const named = await show(`${path}?line=500`);
    expect(linesOf(named)).toContain(500);
    expect(named).toMatch(/<tr id="L500" class="line line-stdout line-named">/);
    expect(linesOf(await show(`${path}?q=LINE%20100`))).toEqual([100, 1_000, 1_001, 1_002]);
    expect(await show(`${path}?q=LINE%20100`)).toContain("<mark>line 100</mark>1");
    expect(linesOf(await show(`${path}?phase=building`)).at(-1)).toBe(902);
    expect(await show(`${path}?q=nowhere`)).toContain("No line matches.");
    // People edit addresses by hand: a value that cannot be used counts as absent.
    expect(linesOf(await show(`${path}?after=x&phase=none&line=-1`)).at(-1)).toBe(1_002);
  });

  it("keeps what strangers wrote as text", async () => {
    const { store, ids } = await filledStore();
    const evil = "</td><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    await store.deployments.appendOutput(ids.live, [
      {
        sequence: 3,
        at: "2026-11-20T09:00:02.000Z",
        step: "build",
        stream: "stdout",
        line: `\u001b[31m${evil}\u001b[0m \u202eturned ${"y".repeat(5_000)}`,
      },
    ]);
    const page = (await shower(store).show(`/deployments/${ids.live}?q=${encodeURIComponent(evil)}`)) ?? "";
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    for (const active of ["<script>", "<img src=x", "\u001b", "\u202e"]) expect(page).not.toContain(active);
    expect(page).toMatch(/… and \d+ more characters/);
  });

  it("leads people who may act to the pages that ask before they act", async () => {
    const { store, ids } = await filledStore();
    const { show } = shower(store);
    expect(await show(`/deployments/${ids.waiting}`)).toContain(`href="/act/cancel?deployment=${ids.waiting}"`);
    const live = (await show(`/deployments/${ids.live}`)) ?? "";
    expect(live).toContain(`href="/act/replay?delivery=${ids.pushed}"`);
    // This deployment is the one that runs, so there is nothing to go back to.
    expect(live).not.toContain("/act/rollback");
    expect(await shower(store, { scope: "read" }).show(`/deployments/${ids.waiting}`)).not.toContain("/act/");
    // The page that asks has chosen what was asked for, however long ago it ran.
    const asks = await show(`/act/rollback?target=api/production&to_deployment=${ids.live}`);
    expect(asks).toMatch(new RegExp(`value="${ids.live}"\\s+checked`));
  });

  it("is for those who may know of its target, and lives while the deployment does", async () => {
    const { store, ids } = await filledStore();
    expect(await shower(store, { fraises: ["web"] }).show(`/deployments/${ids.live}`)).toBeUndefined();
    expect(await shower(store).show("/deployments/nothing")).toBeUndefined();
    expect(await shower(store).show(`/deployments/${ids.live}`)).not.toContain("data-log");
    expect(await shower(store, { fraises: ["web"] }).show(`/deployments/${ids.other}`)).toContain("data-log");
  });
});
