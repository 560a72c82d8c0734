import { describe, expect, it } from "vitest";
import { formWordIn, makeToken, signIn } from "../helpers/dashboard.ts";
import type { Visitor } from "../helpers/dashboard.ts";
import { createScenario } from "../helpers/scenario.ts";

/** Opens the page that asks, and sends its form. */
async function act(who: Visitor, verb: string, about: Readonly<Record<string, string>>, more = {}): Promise<Response> {
  const asks = await who.get(`/act/${verb}?${new URLSearchParams(about).toString()}`);
  expect(asks.status).toBe(200);
  const page = await asks.text();
  expect(page).toContain(`action="/act/${verb}"`);
  return await who.post(`/act/${verb}`, { ...about, ...more, form_word: formWordIn(page) });
}

describe("acting from a page", () => {
  it("asks first, does it in the name of the session, and says why it did not", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const revisions: string[] = [];
    for (const version of ["1", "2"]) {
      revisions.push(await scenario.commit(version));
      await scenario.push();
      await scenario.settled(revisions.at(-1) ?? "", "succeeded");
    }
    const [first = "", second = ""] = revisions;
    const ann = await signIn(scenario, await makeToken(scenario, "--name", "ann", "--scope", "deploy"));
    const target = "shop/production";

    const page = await (await ann.get("/targets/shop/production")).text();
    for (const link of ["Deploy", "Roll back", "Lock"]) expect(page).toContain(`>${link}</a>`);
    expect(page).toContain("version 2");

    const back = await act(ann, "rollback", { target }, { reason: "a page wants it" });
    expect(back.status).toBe(303);
    expect(back.headers.get("location")).toMatch(/^\/deployments\/[0-9a-z]{13}$/);
    const rolledBack = await scenario.settled(first, "succeeded");
    expect(rolledBack).toMatchObject({ trigger: "rollback", triggeredBy: "token ann" });

    const refused = await act(ann, "deploy", { target }, { ref: "no-such-branch<i>" });
    expect(refused.status).toBe(422);
    const why = await refused.text();
    expect(why).toContain("The repository has no branch or tag no-such-branch&lt;i&gt;.");
    // The form keeps the values that were sent.
    expect(why).toContain('value="no-such-branch&lt;i&gt;"');

    expect((await act(ann, "lock", { target })).status).toBe(422);
    const locked = await act(ann, "lock", { target }, { reason: "the database moves" });
    expect(locked.headers.get("location")).toBe("/targets/shop/production");
    expect((await scenario.store.targets.locks())[0]).toMatchObject({
      lockedBy: "token ann",
      reason: "the database moves",
    });
    const deployed = await act(ann, "deploy", { target }, { revision: second });
    const waiting = (deployed.headers.get("location") ?? "").split("/")[2] ?? "";
    await expect.poll(async () => await (await ann.get("/")).text()).toContain("the database moves");
    expect((await act(ann, "cancel", { deployment: waiting })).status).toBe(303);
    expect((await scenario.store.deployments.detail(waiting))?.deployment.status).toBe("cancelled");
    expect((await act(ann, "unlock", { target })).status).toBe(303);
    expect(await scenario.store.targets.locks()).toEqual([]);
    await scenario.stop();
  });

  it("needs a page of the session and the rights of its token", async () => {
    const scenario = await createScenario({
      fraises: `docs:
  type: etl
  repository: acme/shop
  clone_url: $FOLDER/shop.git
  environments: { production: { branch: main, app_path: $FOLDER/srv/docs, script_path: run.py } }`,
    });
    await scenario.start();
    const ann = await signIn(scenario, await makeToken(scenario, "--name", "ann", "--scope", "deploy"));
    const wish = { target: "shop/production", reason: "x" };
    const word = formWordIn(await (await ann.get("/")).text());
    for (const [fields, headers] of [
      [wish, {}],
      [{ ...wish, form_word: `${word.slice(0, -2)}AA` }, {}],
      [{ ...wish, form_word: word }, { origin: "https://evil.example" }],
      [{ ...wish, form_word: word }, { origin: "null" }],
      [{ ...wish, form_word: word }, { "sec-fetch-site": "cross-site" }],
    ] as const)
      expect((await ann.post("/act/lock", fields, headers)).status).toBe(403);
    const other = await signIn(scenario, await makeToken(scenario, "--name", "bob", "--scope", "deploy"));
    expect((await other.post("/act/lock", { ...wish, form_word: word })).status).toBe(403);
    expect(await scenario.store.targets.locks()).toEqual([]);

    const reader = await signIn(scenario, await makeToken(scenario, "--name", "eve", "--scope", "read"));
    expect(await (await reader.get("/targets/shop/production")).text()).not.toContain("/act/");
    expect((await reader.get("/act/lock?target=shop/production")).status).toBe(403);
    const readersWord = formWordIn(await (await reader.get("/")).text());
    expect((await reader.post("/act/lock", { ...wish, form_word: readersWord })).status).toBe(403);

    const docs = await signIn(
      scenario,
      await makeToken(scenario, "--name", "docs", "--scope", "deploy", "--fraise", "docs"),
    );
    const board = await (await docs.get("/")).text();
    expect(board).toContain("docs/production");
    expect(board).not.toContain("shop");
    expect((await docs.get("/targets/shop/production")).status).toBe(404);
    const docsWord = formWordIn(board);
    const outside = await docs.post("/act/lock", { ...wish, form_word: docsWord });
    expect(outside.status).toBe(422);
    expect(await outside.text()).toContain("Token docs is not for shop/production.");
    expect((await docs.post("/act/lock", { ...wish, target: "docs/production", form_word: docsWord })).status).toBe(
      303,
    );
    expect(await scenario.store.targets.locks()).toMatchObject([{ fraise: "docs" }]);
    await scenario.stop();
  });
});
