import { compile } from "json-p3";
import { z } from "zod";
import type { Fields } from "../config/keys/fields.ts";
import { keepStart } from "../domain/cut.ts";
import { StepFailed } from "../domain/errors.ts";
import type { Answer } from "../host/requests.ts";
import { defineCheck } from "./check.ts";
import type { SettingsOf } from "./check.ts";
import { pageUrl, pageUrlComplaint, resolvePage, shownPage } from "./page-url.ts";
import { disappointments, inWords, textExpectations } from "./text-expectations.ts";
import { messageOf } from "../domain/message-of.ts";

/** A request, and everything that is expected of the answer. */
export const http = defineCheck({
  type: "http",
  timeoutMs: 10_000,
  settings: keys,
  complaint: pageUrlComplaint,
  describe(settings) {
    const { method, redirect, ...expected } = settings;
    const to = redirect === undefined ? "" : ` and redirects to ${redirect}`;
    return `${method} ${shownPage(settings)} answers ${statusesOf(settings).join(" or ")}${to}${inWords(expected)}`;
  },
  async run(settings, context) {
    const { method, request } = settings;
    const url = resolvePage(settings, context);
    const { timeoutMs, signal } = context;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, value.reveal(context.env)]),
    );
    let answer: Answer;
    try {
      const body = request.body === undefined ? {} : { body: request.body.reveal(context.env) };
      answer = await context.host.requests.send(url.href, { method, headers, ...body, timeoutMs, signal });
    } catch (error) {
      // A missing answer is a result of this check.
      if (error instanceof StepFailed) return { passed: false, seen: `no answer: ${error.message}` };
      throw error;
    }
    const problems = problemsOf(answer, url, settings);
    const took = `${Math.round(answer.durationMs)} ms`;
    return { passed: problems.length === 0, seen: problems.join("; ") || `answers ${answer.status} in ${took}` };
  },
});

function keys(fields: Fields) {
  const { text, secret, duration, means } = fields;
  const status = z.int().min(100).max(599);
  const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, "no name of a header");
  return {
    ...pageUrl(fields),
    method: z
      .enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
      .default("GET")
      .describe("How the page is asked for"),
    request: z
      .strictObject({
        headers: z.record(headerName, secret).default({}).describe("Headers by name; values may be secrets"),
        body: secret.optional().describe("Its body"),
      })
      .prefault({})
      .describe("The body to send"),
    status: z
      .union([status, z.array(status).min(1)])
      .transform((value) => [value].flat())
      .optional()
      .meta(
        means(
          "The status it must answer with, or several of which one will do",
          "`200`; with `redirect` 301, 302, 303, 307 or 308",
        ),
      ),
    headers: z
      .record(headerName, z.union([z.boolean(), text]))
      .default({})
      .describe(
        "Headers of the answer, by name: a part of the value in any case, `true` for there, `false` for not there",
      ),
    ...textExpectations(fields),
    json: z
      .record(jsonPath, z.union([text, z.number(), z.boolean(), z.null()]))
      .default({})
      .describe("JSON paths into the body: one of the values found must be this"),
    redirect: text.optional().describe("The URL that it must redirect to; the redirect is not followed"),
    within: duration.optional().describe("How long the answer may take"),
  };
}

type Settings = SettingsOf<ReturnType<typeof keys>>;

const jsonPath = z.string().superRefine((path, context) => {
  try {
    compile(path);
  } catch (error) {
    context.addIssue({ code: "custom", message: `"${path}" is no JSON path: ${messageOf(error)}` });
  }
});

/** The statuses of a redirect, if the check names none. */
const REDIRECTS = [301, 302, 303, 307, 308];

function statusesOf(settings: Settings): readonly number[] {
  const { status, redirect } = settings;
  return status ?? (redirect === undefined ? [200] : REDIRECTS);
}

function problemsOf(answer: Answer, url: URL, settings: Settings): readonly string[] {
  const { headers, json, redirect, within, ...expected } = settings;
  const statuses = statusesOf(settings);
  return [
    ...(statuses.includes(answer.status) ? [] : [`answers ${answer.status}, not ${statuses.join(" or ")}`]),
    ...Object.entries(headers).flatMap(([name, value]) => headerProblem(name, value, answer) ?? []),
    ...(redirect === undefined ? [] : (redirectProblem(redirect, url, answer) ?? [])),
    ...disappointments("the body", answer.body, expected),
    ...jsonProblems(json, answer.body),
    ...(within !== undefined && answer.durationMs > within
      ? [`took ${Math.round(answer.durationMs)} ms, more than ${within}`]
      : []),
  ];
}

/** A text must be part of the header; true and false say whether it is there. */
function headerProblem(name: string, wanted: string | boolean, { headers }: Answer): string | undefined {
  const value = headers[name.toLowerCase()];
  if (wanted === false) return value === undefined ? undefined : `has the header ${name}: ${value}`;
  if (value === undefined) return `lacks the header ${name}`;
  if (wanted === true || value.toLowerCase().includes(wanted.toLowerCase())) return undefined;
  return `the header ${name} is "${value}", not "${wanted}"`;
}

/** Compared as whole URLs: `/login` and `http://host/login` are the same place. */
function redirectProblem(wanted: string, url: URL, { headers }: Answer): readonly string[] | undefined {
  const location = headers["location"];
  if (location === undefined) return ["redirects nowhere"];
  return URL.parse(location, url.href)?.href === URL.parse(wanted, url.href)?.href
    ? undefined
    : [`redirects to ${location}, not ${wanted}`];
}

function jsonProblems(wanted: Settings["json"], body: string): readonly string[] {
  const entries = Object.entries(wanted);
  if (entries.length === 0) return [];
  let data: unknown;
  try {
    data = JSON.parse(body);
  } catch {
    // A body that is not JSON is a result of this check.
    return ["the body is no JSON"];
  }
  return entries.flatMap(([path, value]) => {
    const found = compile(path)
      .query(data as Parameters<ReturnType<typeof compile>["query"]>[0])
      .values();
    if (found.includes(value)) return [];
    const shown = found.map((each) => keepStart(JSON.stringify(each), 100)).slice(0, 5);
    return [`${path} is ${shown.join(", ") || "not there"}, not ${JSON.stringify(value)}`];
  });
}
