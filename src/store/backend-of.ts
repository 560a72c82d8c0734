import { StoreUnavailable } from "../domain/errors.ts";
import { backends } from "./backends/index.ts";
import type { Backend } from "./backends/backend.ts";

/** The engine that a URL names. @throws StoreUnavailable if there is no such engine. */
export function backendOf(url: string): Backend {
  const found = findBackend(url);
  if (found !== undefined) return found;
  throw new StoreUnavailable(`no store backend is called "${schemeOf(url)}"`, {
    hint: `store.url starts with one of: ${backends.flatMap(({ schemes }) => schemes.map((each) => `${each}:`)).join(", ")}`,
  });
}

/** Like backendOf(); undefined if there is no such engine. */
export function findBackend(url: string): Backend | undefined {
  return backends.find(({ schemes }) => schemes.includes(schemeOf(url)));
}

function schemeOf(url: string): string {
  return url.slice(0, url.indexOf(":"));
}
