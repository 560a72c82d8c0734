import { describe, expect, it } from "vitest";
import { readableBody } from "../../src/pages/deliveries/delivery-body.ts";
import { filledStore } from "../helpers/filled-store.ts";
import { shower } from "../helpers/shown-page.ts";
import { delivery, revision } from "../helpers/store.ts";

function idsOf(page: string | undefined): readonly string[] {
  return [...(page ?? "").matchAll(/<tr role="row" id="delivery-(\w+)"/g)].map(([, id = ""]) => id);
}

describe("the pages of deliveries", () => {
  it("list them newest first, narrowed by decision, forge and fraise, page by page", async () => {
    const { store, ids } = await filledStore();
    const { show } = shower(store);
    expect(idsOf(await show("/deliveries"))).toEqual([ids.stranger, ids.pushed]);
    expect(idsOf(await show("/deliveries?decision=queued"))).toEqual([ids.pushed]);
    expect(idsOf(await show("/deliveries?fraise=api"))).toEqual([ids.pushed]);
    expect(idsOf(await show("/deliveries?fraise=web"))).toEqual([]);
    expect(idsOf(await show("/deliveries?forge=github&decision=refused"))).toEqual([ids.stranger]);
    expect(idsOf(await show(`/deliveries?before=${ids.stranger}`))).toEqual([ids.pushed]);
    for (let count = 0; count < 60; count += 1)
      await store.deliveries.record([delivery(revision("f"), { deliveryId: `more-${count}` })]);
    const first = await show("/deliveries?fraise=api");
    const older = /href="(\/deliveries\?fraise=api&amp;before=\w+)" rel="next"/.exec(first ?? "")?.[1] ?? "";
    expect(idsOf(first)).toHaveLength(50);
    expect(idsOf(await show(older.replaceAll("&amp;", "&")))).toHaveLength(11);
  });

  it("show decisions, headers without secrets and signatures, and the body as a person reads it", async () => {
    const { store, ids } = await filledStore();
    const [recorded] = await store.deliveries.record([
      delivery(revision("f"), {
        headers: '{"x-hub-signature-256":"sha256=feed","authorization":"***","x-gitlab-token":"t","x-note":"<b>"}',
        body: new TextEncoder().encode('{"ref":"refs/heads/main","commits":[{"message":"<script>alert(1)</script>"}]}'),
      }),
    ]);
    const { show } = shower(store);
    const page = (await show(`/deliveries/${recorded?.id}`)) ?? "";
    expect(page).toContain("x-hub-signature-256");
    expect(page).not.toMatch(/sha256=feed|<code>t<|<script>alert|<b>/);
    expect(page).toContain("&lt;b&gt;");
    expect(page).toContain("  &quot;ref&quot;: &quot;refs/heads/main&quot;,\n");
    expect(page).toContain('href="/targets/api/production"');
    expect(page).toContain(`href="/act/replay?delivery=${recorded?.id}"`);
    expect(await shower(store, { scope: "read" }).show(`/deliveries/${recorded?.id}`)).not.toContain("/act/");
    const refused = (await show(`/deliveries/${ids.stranger}`)) ?? "";
    expect(refused).toContain("the signature is wrong");
    expect(refused).not.toContain("/act/");
    expect(refused).toContain("The body of a refused delivery is not kept.");
  });

  it("tell somebody with some targets of the deliveries for these, and of no other", async () => {
    const { store, ids } = await filledStore();
    const web = shower(store, { fraises: ["web"] });
    expect(idsOf(await web.show("/deliveries"))).toEqual([]);
    expect(await web.show("/deliveries")).not.toContain('<option value="api"');
    expect(await web.show(`/deliveries/${ids.pushed}`)).toBeUndefined();
    expect(await web.show(`/deliveries/${ids.stranger}`)).toBeUndefined();
    expect(idsOf(await shower(store, { fraises: ["api"] }).show("/deliveries"))).toEqual([ids.pushed]);
  });

  it("cut a body that is too long to look through", () => {
    const { text, hidden } = readableBody(JSON.stringify({ text: "x".repeat(100_000) }));
    expect(text.length).toBe(64 * 1024);
    expect(hidden).toBeGreaterThan(30_000);
    expect(readableBody("payload=%7B%22a%22%3A1%7D").text).toBe('{\n  "a": 1\n}');
    expect(readableBody("no json").text).toBe("no json");
  });
});
