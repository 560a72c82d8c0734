import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";

export interface Window {
  readonly width: number;
  /** The least height of a picture. */
  readonly height?: number;
  readonly scheme: "light" | "dark";
}

export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: "/usr/bin/chromium" });
}

/** A window as wide as a phone's, with fingers, or as a desk's. */
export async function openWindow(browser: Browser, { width, scheme, height }: Window): Promise<Page> {
  const isPhone = width < 600;
  const context = await browser.newContext({
    viewport: { width, height: height ?? (isPhone ? 844 : 760) },
    colorScheme: scheme,
    deviceScaleFactor: isPhone ? 2 : 1,
    hasTouch: isPhone,
    isMobile: isPhone,
    reducedMotion: "reduce",
  });
  return await context.newPage();
}

export async function signIn(page: Page, url: string, token: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.fill("#token", token);
  await page.click("main button[type=submit]");
}

/** Draws the page, the whole of it unless it is longer than the picture may be. It waits until the page says that it is live. */
export async function shoot(page: Page, file: string, longest = Infinity): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  if ((await page.locator("[data-live], [data-live-list]").count()) > 0)
    await page.locator("#live[data-mode=on]").waitFor();
  const size = page.viewportSize();
  // Chromium forgets that a phone has fingers if it is asked for the whole page: the window is made as high as the page instead.
  const height = Math.min(longest, Number(await page.evaluate("document.documentElement.scrollHeight")));
  if (size !== null && height > size.height) await page.setViewportSize({ width: size.width, height });
  await page.screenshot({ path: file, animations: "disabled" });
  if (size !== null) await page.setViewportSize(size);
}
