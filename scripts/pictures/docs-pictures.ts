import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { openWindow, shoot, signIn } from "./browser.ts";
import type { Window } from "./browser.ts";
import type { Scene } from "./scene.ts";

const IMAGES = join(import.meta.dirname, "../../docs/images");

/** The height of a picture that still reads well in the middle of a text. */
const LONGEST = 1_000;

/** Draws the three pictures of the README. */
export async function drawReadme(browser: Browser, scene: Scene): Promise<void> {
  const token = await scene.token("deploy");
  for (const [name, scheme] of [
    ["board", "light"],
    ["target", "light"],
    ["deployment", "dark"],
  ] as const) {
    const page = await signedIn(browser, scene, token, { width: 1280, scheme });
    if (name !== "board") await page.getByRole("link", { name: "staging" }).last().click();
    if (name === "deployment") await page.locator("#deployments").getByRole("link", { name: "rolled back" }).click();
    await drawForDocs(page, name);
    await page.context().close();
  }
}

/** A page of somebody who has signed in and looks at the board. */
export async function signedIn(browser: Browser, { url }: Scene, token: string, window: Window): Promise<Page> {
  const page = await openWindow(browser, { height: 260, ...window });
  await signIn(page, url, token);
  return page;
}

/** Draws a picture of docs/images, as small as pngquant makes it. */
export async function drawForDocs(page: Page, name: string): Promise<void> {
  const file = join(IMAGES, `${name}.png`);
  await shoot(page, file, LONGEST);
  await promisify(execFile)("pngquant", ["--force", "--skip-if-larger", "--strip", "--output", file, "96", file]);
}
