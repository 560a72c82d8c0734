import type { Hono } from "hono";
import type { Verb } from "../../actions/verb.ts";
import type { Sources } from "../../answers/sources.ts";
import { withinReach } from "../../answers/within-reach.ts";
import { apiProblem } from "./api-problem.ts";
import type { ApiEnv } from "./caller.ts";
import { openApi } from "./openapi.ts";
import { questions } from "./questions.ts";

export interface ReadParts {
  /** The version of this program. */
  readonly version: string;
  /** The acts that the API offers beside. */
  readonly verbs: readonly Verb[];
  /** The settings in force and the record. */
  readonly sources: () => Promise<Sources>;
}

/** The paths that only read. They answer with the documents that the commands print with `--json`, of the targets within the caller's reach. */
export function readRoutes(api: Hono<ApiEnv>, { sources, version, verbs }: ReadParts): void {
  let description: object | undefined;
  api.get("/openapi.json", (context) => context.json((description ??= openApi(version, verbs))));
  for (const { path, answer } of questions)
    api.get(path, async (context) => {
      const document = await answer({
        sources: await sources(),
        path: context.req.param(),
        query: context.req.query(),
        within: withinReach(context.get("caller")),
      });
      if (document === undefined)
        return apiProblem(context, {
          status: 404,
          code: "not_on_record",
          title: "there is nothing on record by this name that the caller may know of",
          hint: "/api/v1/targets, /api/v1/deployments and /api/v1/deliveries list what there is.",
        });
      return context.json(document, isUnwell(path, document) ? 503 : 200);
    });
}

/** A monitor looks at the status of the answer alone. */
function isUnwell(path: string, document: object): boolean {
  return path === "/health" && "status" in document && document.status !== "ok";
}
