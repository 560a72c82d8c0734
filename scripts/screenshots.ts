// Behind scripts/screenshots.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { openBrowser } from "./pictures/browser.ts";
import { drawEveryPage, shopScene } from "./pictures/every-page.ts";
import { drawReadme } from "./pictures/docs-pictures.ts";
import { drawTutorial, tutorialScene } from "./pictures/tutorial.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scene: { type: "string" },
    width: { type: "string", multiple: true, default: ["390", "1280", "1920"] },
    scheme: { type: "string", multiple: true, default: ["light", "dark"] },
    only: { type: "string", multiple: true, default: [] },
    docs: { type: "boolean", default: false },
  },
});
const output = resolve(positionals[0] ?? join(import.meta.dirname, "../build/screenshots"));
const folder = resolve(values.scene ?? mkdtempSync(join(tmpdir(), "fraisier-screenshots-")));
const browser = await openBrowser();
try {
  const shop = await shopScene(join(folder, "shop"));
  try {
    const windows = values.scheme.flatMap((scheme) =>
      values.width.map((width) => ({
        width: Number(width),
        scheme: scheme === "dark" ? ("dark" as const) : ("light" as const),
      })),
    );
    await (values.docs
      ? drawReadme(browser, shop)
      : drawEveryPage(browser, shop, { output, windows, only: values.only }));
  } finally {
    await shop.close();
  }
  if (values.docs) {
    const tutorial = await tutorialScene(join(folder, "tutorial"));
    try {
      await drawTutorial(browser, tutorial);
    } finally {
      await tutorial.close();
    }
  }
} finally {
  await browser.close();
  // A deployment that is still under way goes on writing for a moment.
  if (values.scene === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}
