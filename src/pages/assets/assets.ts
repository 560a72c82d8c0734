import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** A file that pages name. Its name changes with its text, so that browsers may keep it for ever. */
interface Asset {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

// The bundle has these texts in itself: packaging/inline-texts.ts.
const STYLE =
  readFileSync(new URL("style.css", import.meta.url), "utf8") +
  readFileSync(new URL("details.css", import.meta.url), "utf8");
const SCRIPT = readFileSync(new URL("live.js", import.meta.url), "utf8");
const ICON = readFileSync(new URL("icon.svg", import.meta.url), "utf8");

let made: Readonly<Record<"style" | "script" | "icon", Asset>> | undefined;

/** The files of the dashboard. */
export function assets(): NonNullable<typeof made> {
  made ??= {
    style: asset("style", "css", "text/css; charset=utf-8", STYLE),
    script: asset("live", "js", "text/javascript; charset=utf-8", SCRIPT),
    icon: asset("icon", "svg", "image/svg+xml", ICON),
  };
  return made;
}

function asset(name: string, extension: string, type: string, text: string): Asset {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return { path: `/assets/${name}.${hash}.${extension}`, type, text };
}
