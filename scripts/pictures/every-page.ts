import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { openWindow, shoot, signIn } from "./browser.ts";
import type { Window } from "./browser.ts";
import { openScene } from "./scene.ts";
import type { Scene } from "./scene.ts";

const LONG = "feature/remember-the-basket-of-people-who-have-not-signed-in-yet-on-every-device";

/** A shop and its neighbours: successes, versions that are taken back, a lock, a freeze window, long names and a branch with a hostile name. */
export async function shopScene(folder: string): Promise<Scene> {
  const scene = await openScene(folder, fraises);
  if (scene.isNew) {
    await deploySomething(scene);
    await scene.settled();
  }
  await scene.branch("main");
  await scene.push("0.9.6 slow", "Say which size is sold out");
  await scene.push("0.9.7", "Remember the basket for a week");
  return scene;
}

function fraises(folder: string): string {
  const freeze =
    ", freeze: [{ from: 2020-01-01T00:00, to: 2099-01-02T08:00, timezone: Europe/Berlin, reason: year-end closing }]";
  const fraise = (name: string, environments: Readonly<Record<string, string>>): string =>
    `  ${name}:
    type: script
    repository: acme/shop
    git: { provider: git }
    clone_url: ${folder}/shop.git
    environments:
${Object.entries(environments)
  .map(
    ([each, branch]) =>
      `      ${each}: { branch: ${branch}, app_path: ${folder}/srv/${name}-${each}${name === "billing" && each === "production" ? freeze : ""} }`,
  )
  .join("\n")}
`;
  return [
    fraise("shop", { production: "main", staging: "[main, develop]", preview: '"feature/*"' }),
    fraise("billing", { production: "main", staging: "develop" }),
    fraise("customer-relationship-management", { "acceptance-test-of-the-northern-region": '"feature/*"' }),
    fraise("docs", { production: "main" }),
    fraise("search", { production: "release", staging: "main" }),
  ].join("");
}

async function deploySomething(scene: Scene): Promise<void> {
  const put = async (version: string, message: string): Promise<void> => {
    await scene.push(version, message);
    await scene.settled();
  };
  await put("0.9.0", "Show the price with tax");
  await scene.branch("develop");
  await put("0.9.1", "Search by size and colour");
  await scene.branch("feature/<i>bold&quot;");
  await put("0.9.2", "<script>alert('a hostile message')</script>");
  await scene.branch(LONG);
  await put("0.9.3", "Keep the basket of people who have not signed in, on every device, for as long as they want");
  await scene.branch("main");
  await put("0.9.4", "Pay by invoice");
  await scene.branch("develop");
  await put(
    "0.9.5 broken: the payment provider does not answer: 503 Service Unavailable",
    "Try another payment provider",
  );
  await scene.fraisier("lock", "docs", "production", "--reason", "the translators are at work until Thursday");
}

/** Draws every page, as it is for each kind of reader. @param only the names of the pages; empty for all. */
export async function drawEveryPage(
  browser: Browser,
  scene: Scene,
  {
    output,
    windows,
    only,
  }: { readonly output: string; readonly windows: readonly Window[]; readonly only: readonly string[] },
): Promise<void> {
  const [token, reader] = [await scene.token("deploy"), await scene.token("read")];
  const paths = await pathsOf(scene);
  for (const window of windows) {
    const page = await openWindow(browser, window);
    const draw = async (name: string, prepare: () => Promise<unknown>): Promise<void> => {
      if (only.length > 0 && !only.includes(name)) return;
      await prepare();
      await shoot(page, join(output, `${name}-${window.width}-${window.scheme}.png`));
    };
    await draw("sign-in", async () => await page.goto(`${scene.url}/sign-in`));
    await draw("sign-in-refused", async () => await signIn(page, scene.url, "frz_none"));
    await signIn(page, scene.url, reader);
    await draw("forbidden", async () => await page.goto(`${scene.url}/act/lock?target=shop/production`));
    await draw("target-reader", async () => await page.goto(`${scene.url}/targets/shop/staging`));
    await page.context().clearCookies();
    await signIn(page, scene.url, token);
    for (const [name, path] of paths) await draw(name, async () => await page.goto(`${scene.url}${path}`));
    await draw("act-refused", async () => await sendWrongBranch(page, scene.url));
    await draw("focus", async () => await focusSomething(page, scene.url));
    await page.context().close();
  }
}

async function sendWrongBranch(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/act/deploy?target=shop/production`);
  await page.fill("#ref", "no-such-branch");
  await page.click("main button[type=submit]");
}

/** Where the keyboard is after a few steps. */
async function focusSomething(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/`);
  for (let steps = 0; steps < 9; steps++) await page.keyboard.press("Tab");
}

/** The path of each page, by the name of its picture. */
async function pathsOf({ fraisier }: Scene): Promise<ReadonlyMap<string, string>> {
  const { deployments } = JSON.parse(await fraisier("history", "--json")) as {
    readonly deployments: readonly { readonly id: string; readonly status: string; readonly fraise: string }[];
  };
  const { deliveries } = JSON.parse(await fraisier("webhooks", "--json")) as {
    readonly deliveries: readonly { readonly id: string }[];
  };
  const idOf = (status: string): string =>
    deployments.find((each) => each.status === status && each.fraise === "shop")?.id ?? "none";
  const long = "customer-relationship-management/acceptance-test-of-the-northern-region";
  const act = (verb: string, query: Readonly<Record<string, string>>): string =>
    `/act/${verb}?${new URLSearchParams(query).toString()}`;
  return new Map([
    ["board", "/"],
    ["board-empty", "/?q=nothing-has-this-name"],
    ["target", "/targets/shop/production"],
    ["target-held", "/targets/billing/staging"],
    ["target-long", `/targets/${long}`],
    ["target-empty", "/targets/search/production"],
    ["deployment", `/deployments/${idOf("succeeded")}`],
    ["deployment-back", `/deployments/${idOf("rolled_back")}`],
    ["deployment-running", `/deployments/${idOf("running")}`],
    ["deployment-waiting", `/deployments/${idOf("queued")}`],
    ["log-search", `/deployments/${idOf("rolled_back")}?q=basket#log`],
    ["deliveries", "/deliveries"],
    ["deliveries-empty", "/deliveries?decision=refused"],
    ["delivery", `/deliveries/${deliveries.at(2)?.id ?? "none"}`],
    ["statistics", "/statistics"],
    ["statistics-target", "/statistics?target=shop/staging&days=7"],
    ["locks", "/locks"],
    ["missing", "/targets/shop/nowhere"],
    ["act-deploy", act("deploy", { target: "shop/production" })],
    ["act-rollback", act("rollback", { target: "shop/production" })],
    ["act-cancel", act("cancel", { deployment: idOf("running"), target: "shop/production" })],
    ["act-promote", act("promote", { from: "shop/staging", to: "shop/production" })],
    ["act-replay", act("replay", { delivery: deliveries[0]?.id ?? "none" })],
    ["act-lock", act("lock", { target: long })],
  ]);
}
