import { answerDeployment } from "../../answers/deployments/answer-deployment.ts";
import { answerHistory } from "../../answers/deployments/answer-history.ts";
import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { targetName } from "../../domain/fraise.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { AskedPage, Page, Shown } from "../page.ts";
import { formWord } from "../parts/form-word.ts";
import { keyOf } from "../parts/key-of.ts";
import { revision } from "../parts/revision.ts";
import { strangersText } from "../parts/strangers-text.ts";
import { targetPath } from "../parts/target-path.ts";
import { timeAgo } from "../parts/time-ago.ts";
import { deliveryPath } from "../parts/delivery-path.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { problemPage } from "../problem-page.ts";
import { ACTS } from "./acts.ts";
import type { Act, Field, Values } from "./acts.ts";
import { mayAct } from "./may-act.ts";

/** The page that asks a person to confirm an action before fraisier does it. */
export const actPage: Page = {
  path: "/act/:verb",
  show: async (asked) => await showAct(asked, asked.query, undefined),
};

/** Shows the form of an action. @param problem why fraisier refused the same form when it was sent before, with these values. */
export async function showAct(
  asked: AskedPage,
  values: Values,
  problem: { readonly title: string; readonly hint: string } | undefined,
): Promise<Shown | undefined> {
  const act = ACTS.find(({ verb }) => verb === asked.path["verb"]);
  if (act === undefined || act.about.some((name) => (values[name] ?? "") === "")) return undefined;
  if (!mayAct(asked.viewer))
    return problemPage(403, { title: "your token may only look", hint: "Sign in with a token of the scope deploy." });
  const places = act.verb === "rollback" ? await rollbackPlaces(asked, values) : "";
  const refused =
    problem === undefined
      ? ""
      : html`<div class="notice notice-bad" role="alert">
          <p><strong>${problem.title.charAt(0).toUpperCase()}${problem.title.slice(1)}.</strong></p>
          <p>${problem.hint}</p>
        </div>`;
  return {
    title: act.button,
    section: "Board",
    ...(problem === undefined ? {} : { status: 422 as const }),
    main: html`<div class="narrow act">
      <h1>${act.title(values)}</h1>
      ${refused}
      <p class="lead">${act.lead}</p>
      <form method="post" action="/act/${act.verb}">
        ${formWord(asked.viewer)}
        ${act.about.map((name) => html`<input type="hidden" name="${name}" value="${values[name] ?? ""}" />`)}
        ${act.fields.map((field) => (field.name === "to_deployment" ? places : input(field, values)))}
        <p class="by">It is recorded as done by ${strangersText(asked.viewer.name)}.</p>
        <div class="buttons">
          <button class="${act.isGrave ? "danger" : "primary"}" type="submit">${act.button}</button>
          <a class="button" href="${backPath(act, values)}">Not now</a>
        </div>
      </form>
    </div>`,
  };
}

function input({ name, label, help, isRequired }: Field, values: Values): Html {
  return html`<div class="field">
    <label for="${name}">${label}${isRequired ? "" : html` <span class="optional">optional</span>`}</label>
    <input
      id="${name}"
      name="${name}"
      type="text"
      maxlength="2000"
      value="${values[name] ?? ""}"
      autocomplete="off"
      ${isRequired ? html`required` : ""}
      aria-describedby="${name}-help"
    />
    <p class="help" id="${name}-help">${help}</p>
  </div>`;
}

/** The deployments that a rollback can go back to. */
async function rollbackPlaces({ sources, within, now }: AskedPage, values: Values): Promise<Html | string> {
  const key = keyOf({ target: values["target"] ?? "" });
  const question = { targets: key, status: "succeeded" as const, limit: 12, within };
  const { deployments } = await answerHistory(sources.store, question);
  const [current, ...earlier] = deployments;
  const newest = earlier.filter((each) => each.revision !== current?.revision);
  const choices = [...newest, ...(await namedPlace(sources, newest, values))];
  const choice = (value: string, words: Html): Html =>
    html`<label class="choice"
      ><input
        type="radio"
        name="to_deployment"
        value="${value}"
        ${value === (values["to_deployment"] ?? "") ? html`checked` : ""}
      />
      <span>${words}</span></label
    >`;
  return html`<fieldset class="field choices">
    <legend>Back to</legend>
    ${choice("", html`the newest one that held before <span class="when">(fraisier chooses)</span>`)}
    ${choices.map((each) =>
      choice(
        each.id,
        html`${revision(each.revision)} ${strangersText(each.message.split("\n")[0] ?? "")}
          <span class="when">${timeAgo(each.finished_at ?? each.queued_at, now)}</span>`,
      ),
    )}
  </fieldset>`;
}

/** The deployment that the address names, if it is not among the newest ones: the page must not choose another deployment in its place. */
async function namedPlace(
  sources: AskedPage["sources"],
  shown: readonly { readonly id: string }[],
  { to_deployment: id = "", target }: Values,
): Promise<readonly DeploymentDocument["deployment"][]> {
  if (id === "" || shown.some((each) => each.id === id)) return [];
  const named = (await answerDeployment(sources, id))?.deployment;
  return named?.status === "succeeded" && targetName(named) === target ? [named] : [];
}

function backPath({ verb }: Act, values: Values): string {
  const target = values["target"] ?? values["to"];
  if (target !== undefined && target !== "") return targetPath(keyOf({ target }));
  if (verb === "cancel") return deploymentPath(values["deployment"] ?? "");
  if (verb === "replay") return deliveryPath(values["delivery"] ?? "");
  return "/";
}
