import type { Context, Hono } from "hono";
import type { z } from "zod";
import type { Sources } from "../../../answers/sources.ts";
import type { Within } from "../../../answers/within.ts";
import type { TargetKey } from "../../../domain/fraise.ts";
import { apiProblem } from "../api-problem.ts";
import type { Problem } from "../api-problem.ts";
import type { ApiEnv } from "../caller.ts";
import { isAmong, isKnown } from "../is-known.ts";
import { readQuery, targetsOf } from "../query.ts";
import { withinReach } from "../../../answers/within-reach.ts";
import { eventsQuery } from "./events-query.ts";
import { createEventSource } from "./event-source.ts";
import type { EventSource } from "./event-source.ts";
import type { EventStreams } from "./event-streams.ts";
import { eventTexts } from "./event-texts.ts";
import type { EventCursor } from "./event-cursor.ts";

export interface EventParts {
  readonly sources: () => Promise<Sources>;
  readonly streams: EventStreams;
}

/** `GET /events`: what happens, as it happens. */
export function eventRoutes(api: Hono<ApiEnv>, parts: EventParts): void {
  api.get("/events", async (context) => {
    const query = readQuery(eventsQuery, context.req.query());
    const sources = await parts.sources();
    const caller = context.get("caller");
    const named = targetsOf(query);
    const within = onlyNamed(withinReach(caller), named);
    if (!(await isThere(sources, query.deployment, { named, within }))) return apiProblem(context, NOT_ON_RECORD);
    const source = createEventSource({
      store: sources.store,
      answers: parts.streams.answers,
      within,
      deployment: query.deployment,
    });
    const cursor = await beginning(source, context, query);
    if (context.req.method === "HEAD") return context.body(null, 200, HEADERS);
    const place = parts.streams.enter(caller.id);
    if (place === undefined) return apiProblem(context, TOO_MANY);
    const ear = parts.streams.listen();
    place.signal.addEventListener("abort", () => ear.end());
    const texts = eventTexts({ source, ear, cursor, signal: place.signal, isStillIn: caller.isStillIn });
    return context.body(
      place.body(texts, () => context.env.outgoing.destroy()),
      200,
      HEADERS,
    );
  });
}

async function beginning(
  source: EventSource,
  context: Context<ApiEnv>,
  { after, log_after: line }: z.infer<typeof eventsQuery>,
): Promise<EventCursor | undefined> {
  const last = context.req.header("last-event-id") ?? after;
  return last === undefined ? await source.now(line) : await source.find(last);
}

function onlyNamed(within: Within, named: Partial<TargetKey>): Within {
  if (Object.keys(named).length === 0) return within;
  return (target) => isAmong(named, target) && within?.(target) !== false;
}

/** Whether the caller may know of the things that the parameters name. A mistyped name would be silent for ever. */
async function isThere(
  sources: Sources,
  deployment: string | undefined,
  { named, within }: { readonly named: Partial<TargetKey>; readonly within: Within },
): Promise<boolean> {
  if (deployment === undefined) return await isKnown({ sources, within }, named);
  const found = await sources.store.deployments.summary(deployment);
  return found !== undefined && within?.(found) !== false;
}

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // nginx would gather events in its buffer.
  "x-accel-buffering": "no",
};

const NOT_ON_RECORD: Problem = {
  status: 404,
  code: "not_on_record",
  title: "there is nothing on record by this name that the caller may know of",
  hint: "/api/v1/targets and /api/v1/deployments list what there is.",
};

const TOO_MANY: Problem = {
  status: 503,
  code: "too_many_streams",
  title: "too many streams of events are open, or fraisier is stopping",
  hint: "Close streams that nobody reads, and try again.",
  headers: { "retry-after": "5" },
};
