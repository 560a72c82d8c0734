import { expect } from "vitest";
import type { Scenario } from "./scenario.ts";

/** A browser without a screen: it keeps the cookie of a session, and follows no redirects. */
export interface Visitor {
  readonly cookie: string;
  get(path: string): Promise<Response>;
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>;
}

export async function makeToken(scenario: Scenario, ...options: readonly string[]): Promise<string> {
  const made = await scenario.fraisier("token", "create", "--json", ...options);
  expect(made).toMatchObject({ exitCode: 0 });
  return (JSON.parse(made.stdout) as { readonly token: string }).token;
}

export function visitor({ url }: Pick<Scenario, "url">, cookie = ""): Visitor {
  const own = cookie === "" ? {} : { cookie };
  return {
    cookie,
    get: async (path) => await fetch(`${url}${path}`, { redirect: "manual", headers: own }),
    post: async (path, fields, headers = {}) =>
      await fetch(`${url}${path}`, {
        method: "POST",
        redirect: "manual",
        headers: { origin: url, ...own, ...headers },
        body: new URLSearchParams(fields),
      }),
  };
}

/** Signs in with a token. */
export async function signIn(scenario: Pick<Scenario, "url">, token: string): Promise<Visitor> {
  const answer = await visitor(scenario).post("/sign-in", { token });
  expect(answer.status).toBe(303);
  return visitor(scenario, (answer.headers.get("set-cookie") ?? "").split(";")[0]);
}

/** The word that the forms of a page bring back. */
export function formWordIn(page: string): string {
  return /name="form_word" value="([^"]+)"/.exec(page)?.[1] ?? "";
}
