import { z } from "zod";
import { eventDocuments } from "../../answers/schemas/event-documents.ts";
import { eventsQuery } from "./events/events-query.ts";
import type { Question } from "./question.ts";
import { questions } from "./questions.ts";

/** A schema as JSON Schema has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Every schema that the answers are made of, by its name. */
export function componentSchemas(): Readonly<Record<string, JsonSchema>> {
  const schemas: Record<string, JsonSchema> = {};
  const events = Object.values(eventDocuments).map(({ schema }) => schema);
  for (const document of [...questions.map((each) => each.document), ...events])
    Object.assign(schemas, definitionsOf(document));
  return schemas;
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

/** The description of the paths that only read, as OpenAPI 3.1 has it. */
export function openApi(version: string): object {
  return {
    openapi: "3.1.0",
    info: {
      title: "fraisier: the paths that only read, and events",
      version,
      description: "The answers are the documents that the commands print with `--json`.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }],
    paths: {
      ...Object.fromEntries(questions.map((each) => [pathOf(each), { get: operationOf(each) }])),
      "/events": { get: EVENTS },
    },
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "fraisier token create makes one." } },
      schemas: { ...componentSchemas(), Problem: PROBLEM },
    },
  };
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
  const answer = {
    description: question.summary,
    content: { "application/json": { schema: { $ref: refOf(question.document) } } },
  };
  return {
    operationId: operationId(question),
    summary: question.summary,
    parameters: [
      ...names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
      ...queryParameters(question).map((parameter) => ({ ...parameter, in: "query", required: false })),
    ],
    responses: {
      "200": answer,
      ...(question.path === "/health" ? { "503": answer } : {}),
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

/** The schemas that a document is made of, itself among them. Keys may be added to a document, and a reader must bear that. */
function definitionsOf(document: z.ZodType): Readonly<Record<string, JsonSchema>> {
  const { $defs = {} } = z.toJSONSchema(document, {
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  const text = JSON.stringify($defs).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as Record<string, JsonSchema>;
}

const ERROR = {
  description: "An error, with advice.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

/** OpenAPI 3.1 has no words for the events of a stream: `x-events` names the schema of the data of each. */
const EVENTS = {
  operationId: "getEvents",
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
            type: "string",
            description: "Each event has `id`, `event` and `data`, which is one line of JSON.",
          },
          "x-events": Object.fromEntries(
            Object.entries(eventDocuments).map(([name, { schema }]) => [name, { $ref: refOf(schema) }]),
          ),
        },
      },
    },
    default: ERROR,
  },
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
