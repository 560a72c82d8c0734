import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { Verb } from "../../../actions/verb.ts";
import { eventDocuments } from "../../../answers/schemas/event-documents.ts";
import { eventsQuery } from "../events/events-query.ts";
import { componentSchemas, documentName, pathOf, queryParameters } from "../openapi.ts";
import type { JsonSchema } from "../openapi.ts";
import { questions } from "../questions.ts";
import { typeWords } from "./type-words.ts";

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The description of the API as a page to read, without a script. @param styles the address of its style sheet. */
export function docsPage(version: string, verbs: readonly Verb[], styles: string): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>The API of fraisier</title>
        <link rel="stylesheet" href="${styles}" />
      </head>
      <body>
        <header>
          <h1>The API of fraisier</h1>
          <p>
            Version ${version}. Every path stands below <code>/api/v1</code>. <a href="openapi.json">openapi.json</a> is
            the same for programs.
          </p>
          <nav>
            <a href="#acts">Acts</a> <a href="#reading">Reading</a> <a href="#events">Events</a>
            <a href="#documents">Documents</a>
          </nav>
        </header>
        <main>
          <h2 id="acts">Acts</h2>
          ${verbs.map(
            ({ name, summary, wish, answer }) =>
              html`<section>
                <h3><span>POST</span> /${name}</h3>
                <p>${summary}</p>
                <p>Request: ${linkTo(wish)}. Answer: ${linkTo(answer)}.</p>
              </section>`,
          )}
          <h2 id="reading">Reading</h2>
          ${questions.map(
            (each) =>
              html`<section>
                <h3><span>GET</span> ${pathOf(each)}</h3>
                <p>${each.summary}</p>
                <p>Answer: ${linkTo(each.document)}.</p>
                ${parameters(queryParameters(each))}
              </section>`,
          )}
          <h2 id="events">Events</h2>
          <section>
            <h3><span>GET</span> /events</h3>
            <p>
              A stream of server-sent events. The header <code>Last-Event-ID</code> names the last one that the client
              has.
            </p>
            ${table(
              ["event", "data", "sent when"],
              Object.entries(eventDocuments).map(([name, { when, schema }]) => [
                html`<code>${name}</code>`,
                linkTo(schema),
                inWords(when),
              ]),
            )}
            ${parameters(queryParameters({ query: eventsQuery }))}
          </section>
          <h2 id="documents">Documents</h2>
          ${Object.entries(componentSchemas(verbs)).map(([name, schema]) => documentSection(name, schema))}
        </main>
      </body>
    </html>`;
}

function documentSection(name: string, schema: JsonSchema): Html {
  const {
    description = "",
    properties = {},
    required = [],
  } = schema as {
    readonly description?: string;
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  const rows = Object.entries(properties).map(([key, property]) => {
    const { description: meaning = "" } = property as { readonly description?: string };
    const type = `${typeWords(property)}${required.includes(key) ? "" : ", may be absent"}`;
    return [html`<code>${key}</code>`, inWords(type), inWords(meaning)];
  });
  return html`<section id="${name}">
    <h3>${name}</h3>
    <p>${inWords(description)}</p>
    ${table(["key", "type", "meaning"], rows)}
  </section>`;
}

function parameters(all: ReturnType<typeof queryParameters>): Html {
  if (all.length === 0) return raw("");
  return table(
    ["parameter", "values", "meaning"],
    all.map(({ name, schema, description }) => [
      html`<code>${name}</code>`,
      inWords(typeWords(schema)),
      inWords(description),
    ]),
  );
}

function table(titles: readonly string[], rows: readonly (readonly Html[])[]): Html {
  return html`<div class="wide" tabindex="0" role="group" aria-label="${titles.join(", ")}">
    <table>
      <thead>
        <tr>
          ${titles.map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function linkTo(document: Verb["answer"]): Html {
  const name = documentName({ document });
  return html`<a href="#${name}">${name}</a>`;
}

/** Words between backticks are code. */
function inWords(text: string): Html {
  return html`${text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
