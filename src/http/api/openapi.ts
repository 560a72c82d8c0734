import { z } from "zod";
import type { Verb } from "../../actions/verb.ts";
import { callerDocumentSchema } from "../../answers/schemas/caller-document.ts";
import { eventDocuments } from "../../answers/schemas/event-documents.ts";
import { eventsQuery } from "./events/events-query.ts";
import type { Question } from "./question.ts";
import { questions } from "./questions.ts";

/** A schema as JSON Schema has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Every schema that requests, answers and events are made of, by its name. */
export function componentSchemas(verbs: readonly Verb[]): Readonly<Record<string, JsonSchema>> {
  const schemas: Record<string, JsonSchema> = {};
  const events = Object.values(eventDocuments).map(({ schema }) => schema);
  const answers = [...questions.map((each) => each.document), ...verbs.map(({ answer }) => answer), ...events];
  for (const document of [callerDocumentSchema, ...answers]) Object.assign(schemas, definitionsOf(document, "output"));
  for (const { wish } of verbs) Object.assign(schemas, definitionsOf(wish, "input"));
  return { ...schemas, Problem: PROBLEM };
}

/** The parameters of a question in its query. */
export function queryParameters({ query }: Pick<Question, "query">): readonly {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonSchema;
}[] {
  const { properties = {} } = z.toJSONSchema(query);
  return Object.entries(properties).map(([name, property]) => {
    const { description = "", ...schema } = typeof property === "boolean" ? {} : property;
    return { name, description, schema };
  });
}

/** The description of the API, as OpenAPI 3.1 has it. */
export function openApi(version: string, verbs: readonly Verb[]): object {
  return {
    openapi: "3.1.0",
    info: {
      title: "fraisier",
      version,
      description: "The answers are the documents that the commands print with `--json`.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }],
    tags: [
      { name: "read", description: "Paths that change nothing. They need the scope `read`." },
      { name: "events", description: "Server-sent events. They need the scope `read`." },
      { name: "write", description: "Paths that act. They need the scope `deploy`." },
    ],
    paths: {
      "/whoami": { get: WHOAMI },
      ...Object.fromEntries(questions.map((each) => [pathOf(each), { get: operationOf(each) }])),
      "/events": { get: EVENTS },
      ...Object.fromEntries(verbs.map((verb) => [`/${verb.name}`, { post: actOf(verb) }])),
    },
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "fraisier token create makes one." } },
      schemas: componentSchemas(verbs),
    },
  };
}

function actOf({ name, summary, scope, isOnce, wish, answer }: Verb) {
  return {
    operationId: name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    tags: [scope === "read" ? "read" : "write"],
    summary,
    parameters: isOnce ? [IDEMPOTENCY_KEY] : [],
    requestBody: { required: true, content: { "application/json": { schema: { $ref: refOf(wish) } } } },
    responses: { "200": answerOf(answer, scope === "read" ? summary : "It was done."), "4XX": ERROR, default: ERROR },
  };
}

const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "For 24 hours, the same request under the same key is carried out once and gets the same answer.",
  schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,255}$" },
};

function answerOf(document: z.ZodType, description: string) {
  return { description, content: { "application/json": { schema: { $ref: refOf(document) } } } };
}

/** `/deployments/{id}`. */
export function pathOf({ path }: Pick<Question, "path">): string {
  return path.replaceAll(/:(\w+)/g, "{$1}");
}

/** The name of the document that a question is answered with. */
export function documentName({ document }: Pick<Question, "document">): string {
  return document.meta()?.id ?? "";
}

function operationOf(question: Question) {
  const names = [...question.path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
  const answer = answerOf(question.document, question.summary);
  return {
    operationId: operationId(question),
    tags: ["read"],
    summary: question.summary,
    parameters: [
      ...names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
      ...queryParameters(question).map((parameter) => ({ ...parameter, in: "query", required: false })),
    ],
    responses: {
      "200": answer,
      ...(question.path === "/health" ? { "503": answer } : {}),
      "4XX": ERROR,
      default: ERROR,
    },
  };
}

function refOf(document: z.ZodType): string {
  return `#/components/schemas/${documentName({ document })}`;
}

/** `getDeploymentsIdLog`. */
function operationId({ path }: Question): string {
  const words = path.split(/[/:]+/).filter((word) => word !== "");
  return `get${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("")}`;
}

/**
 * The schemas that a document is made of, itself among them. Keys may be added to an answer, and a reader must bear that; a request with a key that is not known is refused.
 */
function definitionsOf(document: z.ZodType, io: "input" | "output"): Readonly<Record<string, JsonSchema>> {
  const { $defs = {} } = z.toJSONSchema(z.object({ document }), {
    io,
    override: ({ jsonSchema }) => {
      if (io === "output" && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  const text = JSON.stringify($defs, (key, value: unknown) =>
    key === "id" && typeof value === "string" ? undefined : value,
  );
  return JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')) as Record<string, JsonSchema>;
}

const ERROR = {
  description: "An error, with advice.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

/** OpenAPI 3.1 has no words for the events of a stream: the schema describes one of them. */
const EVENTS = {
  operationId: "getEvents",
  tags: ["events"],
  summary: "The changes of deployments, targets and deliveries, as they happen, as server-sent events.",
  parameters: [
    {
      name: "Last-Event-ID",
      in: "header",
      required: false,
      description: "The id of the last event that the client has.",
      schema: { type: "string" },
    },
    ...queryParameters({ query: eventsQuery }).map((parameter) => ({ ...parameter, in: "query", required: false })),
  ],
  responses: {
    "200": {
      description: "A stream without an end.",
      content: {
        "text/event-stream": {
          schema: {
            description: "Each event of the stream. `data` is one line of JSON.",
            oneOf: Object.entries(eventDocuments).map(([name, { when, schema }]) => ({
              type: "object",
              description: when,
              properties: { id: { type: "string" }, event: { const: name }, data: { $ref: refOf(schema) } },
              required: ["id", "event", "data"],
            })),
          },
        },
      },
    },
    "4XX": ERROR,
    default: ERROR,
  },
};

const WHOAMI = {
  operationId: "getWhoami",
  tags: ["read"],
  summary: "The caller of the request, with its rights.",
  responses: { "200": answerOf(callerDocumentSchema, "The caller."), "4XX": ERROR, default: ERROR },
};

const PROBLEM: JsonSchema = {
  type: "object",
  description: "An error, as RFC 9457 has it.",
  properties: {
    type: { type: "string" },
    title: { type: "string", description: "A sentence that says what happened." },
    status: { type: "integer" },
    code: { type: "string", description: "It does not change once it is released." },
    hint: { type: "string", description: "Advice for the caller." },
  },
  required: ["type", "title", "status", "code", "hint"],
};
