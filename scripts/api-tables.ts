import { VERBS } from "../src/actions/verbs.ts";
import { eventDocuments } from "../src/answers/schemas/event-documents.ts";
import { componentSchemas, documentName, pathOf, queryParameters } from "../src/http/api/openapi.ts";
import type { JsonSchema } from "../src/http/api/openapi.ts";
import { typeWords } from "../src/http/api/docs/type-words.ts";
import { questions } from "../src/http/api/questions.ts";

/** Every path of the API that only reads, and every key of the documents of all paths. */
export function apiTables(): string {
  return [
    "| path | answer | parameters | document |",
    "|---|---|---|---|",
    ...questions.map((each) => {
      const parameters = queryParameters(each).map(({ name }) => `\`${name}\``);
      return `| \`${pathOf(each)}\` | ${each.summary} | ${parameters.join(", ")} | ${documentName(each)} |`;
    }),
    "",
    "### Parameters",
    "",
    "| parameter | values | meaning |",
    "|---|---|---|",
    ...parameterRows(),
    "",
    ...Object.entries(componentSchemas(VERBS)).flatMap(([name, schema]) => documentTable(name, schema)),
  ].join("\n");
}

/** Every path that acts, with the keys of its request. */
export function verbTable(): string {
  return [
    "| path | does | scope | request | answer |",
    "|---|---|---|---|---|",
    ...VERBS.map(({ name, summary, scope, wish, answer }) => {
      const [request, answered] = [wish, answer].map((document) => documentName({ document }));
      return `| \`/${name}\` | ${summary} | \`${scope}\` | ${request} | ${answered} |`;
    }),
    "",
  ].join("\n");
}

/** Every event of the stream, and the document that it brings. */
export function eventTable(): string {
  return [
    "| event | sent when | data |",
    "|---|---|---|",
    ...Object.entries(eventDocuments).map(
      ([name, { when, schema }]) => `| \`${name}\` | ${when} | ${documentName({ document: schema })} |`,
    ),
    "",
  ].join("\n");
}

/** Each parameter once. Its bounds may differ between paths, so that they stand in the description in OpenAPI. */
function parameterRows(): readonly string[] {
  const rows = new Map<string, string>();
  for (const each of questions)
    for (const { name, schema, description } of queryParameters(each))
      if (!rows.has(name)) rows.set(name, `| \`${name}\` | ${typeWords(schema)} | ${description} |`);
  return [...rows.values()];
}

function documentTable(name: string, schema: JsonSchema): readonly string[] {
  const {
    description = "",
    properties = {},
    required = [],
  } = schema as {
    description?: string;
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
  };
  return [
    `### ${name}`,
    "",
    description,
    "",
    "| key | type | meaning |",
    "|---|---|---|",
    ...Object.entries(properties).map(([key, property]) => {
      const absent = required.includes(key) ? "" : ", may be absent";
      const { description: meaning = "" } = property as { description?: string };
      return `| \`${key}\` | ${typeWords(property)}${absent} | ${meaning} |`;
    }),
    "",
  ];
}
