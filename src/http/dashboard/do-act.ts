import type { Verb, VerbParts } from "../../actions/verb.ts";
import { includesScope } from "../../domain/api-token.ts";
import { showAct } from "../../pages/acts/act-page.ts";
import { ACTS } from "../../pages/acts/acts.ts";
import type { Act, Values } from "../../pages/acts/acts.ts";
import type { AskedPage, Shown } from "../../pages/page.ts";
import { deploymentPath } from "../../pages/parts/deployment-path.ts";
import { keyOf } from "../../pages/parts/key-of.ts";
import { targetPath } from "../../pages/parts/target-path.ts";
import { problemOf } from "../api/problem-of.ts";
import { performVerb } from "../api/perform-verb.ts";
import { redactError } from "../../domain/errors.ts";
import type { Log } from "../../log.ts";

export interface ActParts {
  readonly verbs: readonly Verb[];
  /** The settings in force, the store and this machine. */
  readonly acting: () => VerbParts;
  /** Takes secrets out of a text. */
  redact(text: string): string;
  readonly log: Log;
}

/** Carries out the action of a form. Gives the path of the page to show next, or the form again with the reason why nothing was done. */
export async function doAct(
  parts: ActParts,
  asked: AskedPage,
  form: URLSearchParams,
): Promise<string | Shown | undefined> {
  const act = ACTS.find(({ verb }) => verb === asked.path["verb"]);
  const verb = parts.verbs.find(({ name }) => name === act?.verb);
  if (act === undefined || verb === undefined) return undefined;
  const values = valuesOf(act, form);
  if (!includesScope(asked.viewer.scope, "deploy")) return await showAct(asked, values, undefined);
  try {
    const { signal } = new AbortController();
    const answer = await performVerb(verb, parts.acting(), values, { caller: asked.viewer, signal });
    return "problem" in answer ? await showAct(asked, values, answer.problem) : nextPath(act, values, answer.done);
  } catch (error) {
    const problem = problemOf(redactError(error, parts.redact));
    if (problem.status >= 500) parts.log.error({ err: error, verb: act.verb }, "an action of the dashboard failed");
    return await showAct(asked, values, problem);
  }
}

/** The fields of the act that were filled in. */
function valuesOf({ about, fields }: Act, form: URLSearchParams): Values {
  const names = [...about, ...fields.map(({ name }) => name)];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = (form.get(name) ?? "").trim();
      return value === "" ? [] : [[name, value]];
    }),
  );
}

function nextPath({ verb }: Act, values: Values, done: Readonly<Record<string, unknown>>): string {
  if (verb === "replay") return `/deliveries/${encodeURIComponent(values["delivery"] ?? "")}`;
  if (typeof done["deployment"] === "string") return deploymentPath(done["deployment"]);
  return targetPath(keyOf({ target: values["target"] ?? "" }));
}
