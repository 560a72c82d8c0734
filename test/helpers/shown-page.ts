import { forges } from "../../src/forges/index.ts";
import type { Sources } from "../../src/answers/sources.ts";
import { reaches } from "../../src/domain/api-token.ts";
import type { Reach } from "../../src/domain/api-token.ts";
import { layout } from "../../src/pages/layout.ts";
import type { Viewer } from "../../src/pages/page.ts";
import { pages } from "../../src/pages/pages.ts";
import type { Store } from "../../src/store/store.ts";
import { parse } from "./parse-fraises.ts";

const CONFIG = `
git: { github: { webhook_secret: secret } }
fraises:
  api:
    type: api
    repository: acme/shop
    environments:
      production: { app_path: /srv/api, branch: main }
  web:
    type: api
    repository: acme/web
    environments:
      staging:
        app_path: /srv/web
        branch: main
        freeze: [{ from: "Mon 00:00", to: "Sun 23:59", timezone: UTC, reason: fair }]
`;

export interface Shower {
  /** The sources of the pages. */
  readonly sources: Sources;
  /** The text of a page as a browser gets it; undefined if there is nothing there that the viewer may know of. */
  show(address: string): Promise<string | undefined>;
}

/** The pages of the dashboard over a store, without HTTP and sessions. */
export function shower(
  store: Store,
  { fraises = [], environments = [], scope = "deploy" }: Partial<Viewer> = {},
): Shower {
  const reach: Reach = { fraises, environments };
  const isAll = fraises.length + environments.length === 0;
  const viewer: Viewer = { name: "token ann", scope, formWord: "word", ...reach };
  const sources: Sources = { config: parse(CONFIG), store };
  return {
    sources,
    async show(address) {
      const { pathname, searchParams } = new URL(address, "http://localhost");
      for (const page of pages) {
        const path = match(page.path, pathname);
        if (path === undefined) continue;
        const shown = await page.show({
          sources,
          forges,
          path,
          query: Object.fromEntries(searchParams),
          within: isAll ? undefined : (target) => reaches(reach, target),
          viewer,
          now: new Date(),
        });
        return shown === undefined ? undefined : String(await layout(shown, viewer));
      }
      return undefined;
    },
  };
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(":")) found[part.slice(1)] = decodeURIComponent(given[index] ?? "");
    else if (part !== given[index]) return undefined;
  }
  return found;
}
