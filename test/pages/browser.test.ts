import axe from "axe-core";
import { chromium } from "playwright-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "../helpers/dashboard.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

const HOSTILE = `<img src=x onerror="window.isHostile=1">"'</script><script>window.isHostile=1</script>`;

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium" });
});

afterAll(async () => {
  await browser.close();
});

/** Opens a page that leads to the sign-in page, and signs in there. */
async function signIn(
  { url }: Scenario,
  token: string,
  path = "/",
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(`${url}${path}`);
  await page.fill("#token", token);
  await page.click("main button[type=submit]");
  expect(page.url()).toBe(`${url}${path}`);
  return page;
}

/** The pages that the navigation leads to, but for the board. */
async function sections(page: Page): Promise<readonly string[]> {
  await page.goto(new URL("/", page.url()).href);
  const paths = await page
    .locator("nav[aria-label=Sections] a")
    .evaluateAll((links) =>
      links.map(
        (link) => (link as unknown as { getAttribute(name: string): string | null }).getAttribute("href") ?? "",
      ),
    );
  return paths.slice(1);
}

/** The rules that a page breaks on a phone and on a desk, in both schemes. */
async function findings(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  // The browser's own tools evaluate axe, so the policy of the page does not stop it.
  await page.evaluate(axe.source);
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      // The two schemes differ in colours alone, and only this rule looks at colours.
      const options = colorScheme === "light" ? "{}" : '{ runOnly: ["color-contrast"] }';
      const broken = await page.evaluate(`axe.run(${options}).then(({ violations }) =>
        violations.map(({ id, nodes }) => id + " " + nodes.map(({ html, failureSummary }) => html + failureSummary).join(" | ")))`);
      for (const each of broken as readonly string[]) found.push(`${page.url()} ${width} ${colorScheme}: ${each}`);
    }
    const isTooWide = await page.evaluate(
      "document.documentElement.scrollWidth > document.documentElement.clientWidth",
    );
    if (isTooWide === true) found.push(`${page.url()} ${width}: it is wider than the window`);
  }
  return found;
}

describe("the dashboard in a browser", () => {
  it("shows that a push goes live without a reload, and takes it back when a person says so twice", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const first = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(first, "succeeded");
    const page = await signIn(scenario, await makeToken(scenario, "--name", "ann", "--scope", "deploy"));
    const row = page.locator('[id="target-shop/production"]');
    expect(await row.locator(".cell-runs").textContent()).toContain(first.slice(0, 8));
    await page.locator("#live[data-mode=on]").waitFor();
    await page.evaluate("window.isStillOpen = true");

    const second = await scenario.commit("2");
    await scenario.push();
    await row.locator(".cell-runs", { hasText: second.slice(0, 8) }).waitFor();
    await row.locator(".cell-last", { hasText: "succeeded" }).waitFor();
    expect(await page.evaluate("window.isStillOpen")).toBe(true);

    await row.getByRole("link", { name: "production" }).click();
    await page.getByRole("link", { name: "Roll back" }).click();
    await page.fill("#reason", "the page wants it");
    await page.getByRole("button", { name: "Roll back" }).click();
    await page.waitForURL(/\/deployments\/[0-9a-z]{13}$/);
    await page.goto(`${scenario.url}/targets/shop/production`);
    await page.locator("#facts dl > :first-child", { hasText: first.slice(0, 8) }).waitFor();
    expect(await scenario.answer()).toBe("version 1");
    await page.context().close();
    await scenario.stop();
  });

  it("keeps strangers' texts texts, works without scripts, and breaks no rule of axe", async () => {
    const scenario = await createScenario();
    await scenario.start();
    await scenario.commit("1");
    await scenario.git("commit", "--quiet", "--amend", "--message", HOSTILE);
    const tag = `v"'<b>bold&quot;`;
    await scenario.git("tag", tag);
    await scenario.push(tag);
    const revision = (await scenario.git("rev-parse", "HEAD")).trim();
    const { id } = await scenario.settled(revision, "succeeded");
    const token = await makeToken(scenario, "--name", "ann", "--scope", "deploy");
    await scenario.fraisier("lock", "shop", "production", "--reason", HOSTILE);

    const [state] = await scenario.store.targets.status({ fraise: "shop" });
    const deployment = state?.deployment ?? "";
    const [delivery = ""] = await scenario.store.deliveries.of(deployment);

    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(`${scenario.url}/`);
    const found = [...(await findings(stranger))];
    await stranger.context().close();
    const page = await signIn(scenario, token);
    const paths = new Set([
      "/",
      "/?q=nothing-has-this-name",
      "/targets/shop/production",
      "/act/rollback?target=shop/production",
      "/act/lock?target=shop/production",
      "/act/lock?target=shop/nowhere",
      "/targets/shop/nowhere",
      `/deployments/${deployment}`,
      `/deployments/${deployment}?q=line`,
      ...(await sections(page)),
      "/statistics?target=shop/production",
      `/deliveries/${delivery}`,
    ]);
    expect([...paths]).toEqual(expect.arrayContaining(["/deliveries", "/statistics", "/locks"]));
    expect(deployment).toBe(id);
    for (const path of paths) {
      await page.goto(`${scenario.url}${path}`);
      found.push(...(await findings(page)));
      expect(await page.evaluate("window.isHostile")).toBeUndefined();
    }
    expect(found).toEqual([]);
    await page.goto(`${scenario.url}/targets/shop/production`);
    const text = (await page.locator("main").textContent()) ?? "";
    expect(text).toContain(tag);
    expect(text).toContain(HOSTILE);
    await page.goto(`${scenario.url}/deliveries/${delivery}`);
    expect(await page.locator("main").textContent()).toContain(tag);
    await page.getByRole("link", { name: "Replay" }).click();
    await page.getByRole("button", { name: "Replay" }).click();
    await page.waitForURL(/\/deliveries\/[0-9a-z]{13}$/);
    expect(await page.evaluate("window.isHostile")).toBeUndefined();
    await page.goto(`${scenario.url}/deliveries`);
    expect(await page.locator("tbody tr").count()).toBe(2);
    await page.context().close();

    const plain = await signIn(scenario, token, "/?q=shop", { javaScriptEnabled: false });
    await plain.fill("#find", "nothing-has-this-name");
    await plain.getByRole("button", { name: "Find" }).click();
    expect(await plain.locator("main").textContent()).toContain("No target matches.");
    await plain.getByRole("button", { name: "Sign out" }).click();
    expect(plain.url()).toBe(`${scenario.url}/sign-in`);
    await plain.context().close();
    await scenario.stop();
  });
});
