import { z } from "zod";
import type { Fields } from "../config/keys/fields.ts";
import { StepFailed } from "../domain/errors.ts";
import { defineCheck } from "./check.ts";
import type { CheckContext, Seen } from "./check.ts";
import { pageLinks } from "./page-links.ts";
import { pageUrl, pageUrlComplaint, resolvePage, shownPage } from "./page-url.ts";
import { counted } from "../domain/counted.ts";

/** Follows links from a start page, breadth first and never to another origin: none may answer 4xx or 5xx. */
export const links = defineCheck({
  type: "links",
  timeoutMs: 30_000,
  settings: keys,
  complaint: pageUrlComplaint,
  describe: (settings) => `up to ${settings.links} links from ${shownPage(settings)} answer`,
  async run(settings, context) {
    const { links: most, ignore } = settings;
    // Loaded when first used, as every command reads the list of checks.
    const { matcher } = await import("../routing/patterns.ts");
    // Paths of pages are matched as paths of files are: without the first slash.
    const isIgnored = ignore.length === 0 ? () => false : matcher(ignore.map((each) => each.replace(/^\//, "")));
    const start = resolvePage(settings, context);
    const deadline = context.host.clock.monotonicMs() + context.timeoutMs;
    const waiting: Link[] = [{ url: start, from: undefined }];
    const known = new Set([start.href]);
    const broken: string[] = [];
    let visited = 0;
    for (let link = waiting.shift(); link !== undefined; link = waiting.shift()) {
      const left = deadline - context.host.clock.monotonicMs();
      if (left <= 0) {
        broken.push(`time was over after ${counted(visited, "link")}`);
        break;
      }
      visited += 1;
      const { problem, found } = await visit(link.url, left, context);
      if (problem !== undefined) {
        broken.push(
          `${shown(link.url)} ${problem}${link.from === undefined ? "" : ` (linked from ${shown(link.from)})`}`,
        );
      }
      for (const url of found) {
        // Bounded by the links wanted, however many a page has.
        if (known.size >= most) break;
        if (url.origin !== start.origin || known.has(url.href) || isIgnored(url.pathname.slice(1))) continue;
        known.add(url.href);
        waiting.push({ url, from: link.url });
      }
    }
    return verdict(broken, visited);
  },
});

function keys(fields: Fields) {
  const { text } = fields;
  return {
    ...pageUrl(fields),
    links: z
      .int()
      .min(1)
      .max(10_000)
      .default(50)
      .describe("How many pages are looked at, at most; none may answer 4xx or 5xx"),
    ignore: z
      .union([text, z.array(text)])
      .transform((value) => [value].flat())
      .default([])
      .describe("Globs of paths that are not followed"),
  };
}

function verdict(broken: readonly string[], visited: number): Seen {
  if (broken.length === 0) return { passed: true, seen: `${counted(visited, "link")}, all of them answer` };
  const rest = broken.length > SHOWN ? `; and ${broken.length - SHOWN} more` : "";
  return { passed: false, seen: `${broken.slice(0, SHOWN).join("; ")}${rest} (${counted(visited, "link")} seen)` };
}

/** So many links are shown; the others are counted. */
const SHOWN = 5;
/** A page that hangs must not use up the time of all. */
const PAGE_TIMEOUT_MS = 10_000;

interface Link {
  readonly url: URL;
  /** The page that has the link. */
  readonly from: URL | undefined;
}

async function visit(
  url: URL,
  leftMs: number,
  { host, signal }: CheckContext,
): Promise<{ problem?: string; found: readonly URL[] }> {
  try {
    const answer = await host.requests.send(url.href, { timeoutMs: Math.min(leftMs, PAGE_TIMEOUT_MS), signal });
    const { location = "", "content-type": type = "" } = answer.headers;
    if (answer.status >= 400) return { problem: `answers ${answer.status}`, found: [] };
    if (answer.status >= 300) {
      const target = location === "" ? null : URL.parse(location, url.href);
      return { found: target === null ? [] : [target] };
    }
    return { found: /html/i.test(type) ? await pageLinks(answer.body, url) : [] };
  } catch (error) {
    // A missing answer is a result of this check.
    if (error instanceof StepFailed) return { problem: `does not answer: ${error.message}`, found: [] };
    throw error;
  }
}

function shown(url: URL): string {
  return `${url.pathname}${url.search}`;
}
