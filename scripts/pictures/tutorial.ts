import type { Browser } from "playwright-core";
import { rmSync } from "node:fs";
import { drawForDocs, signedIn } from "./docs-pictures.ts";
import { openScene } from "./scene.ts";
import type { Scene } from "./scene.ts";

/** The shop of docs/tutorial.md before its first push: its folder is made anew. */
export async function tutorialScene(folder: string): Promise<Scene> {
  rmSync(folder, { recursive: true, force: true });
  return await openScene(
    folder,
    () => `  shop:
    type: script
    repository: acme/shop
    git: { provider: git }
    clone_url: ${folder}/shop.git
    environments: { production: { branch: main, app_path: ${folder}/srv/shop } }
`,
  );
}

/** Goes the way of docs/tutorial.md, and draws a page at each of its stops. */
export async function drawTutorial(browser: Browser, scene: Scene): Promise<void> {
  const page = await signedIn(browser, scene, await scene.token("deploy"), { width: 1060, scheme: "light" });
  const row = page.locator('[id="target-shop/production"]');
  await scene.push("1, gradually", "The first version");
  await row.locator(".cell-state", { hasText: "deploying" }).waitFor();
  await page.locator("progress:not([value='0'])").waitFor();
  await drawForDocs(page, "tutorial/going-live");
  await scene.settled();
  await scene.push("2", "The second version");
  await scene.settled();
  await scene.push("3, broken: the folder public is gone", "A version that does not work");
  await scene.settled();
  await page.goto(`${scene.url}/targets/shop/production`);
  await page.locator("#deployments").getByRole("link", { name: "rolled back" }).click();
  await drawForDocs(page, "tutorial/taken-back");
  await scene.push("2, repaired", 'Revert "A version that does not work"');
  await scene.settled();
  await page.goto(`${scene.url}/targets/shop/production`);
  await page.getByRole("link", { name: "Roll back" }).click();
  await page.fill("#reason", "the prices are wrong");
  await page.getByText("The first version").click();
  await drawForDocs(page, "tutorial/roll-back");
  await page.getByRole("button", { name: "Roll back" }).click();
  await scene.settled();
  await page.goto(`${scene.url}/targets/shop/production`);
  await drawForDocs(page, "tutorial/on-hold");
}
