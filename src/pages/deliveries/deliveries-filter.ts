import { onlyWithin } from "../../answers/within.ts";
import { DECISIONS } from "../../domain/decision.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { AskedPage } from "../page.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** The properties that the list of deliveries is narrowed to. */
export interface DeliveriesFilter {
  readonly decision: string | undefined;
  readonly forge: string | undefined;
  readonly fraise: string | undefined;
  readonly before: string | undefined;
  /** The targets whose deliveries are shown; undefined for all deliveries, also those that concern no target. */
  readonly targets: readonly TargetKey[] | undefined;
  /** The form that narrows the list. */
  readonly form: Html;
}

/** Reads the address. A value that cannot be used counts as absent: people edit addresses by hand. */
export function deliveriesFilter({
  sources: { config },
  query,
  within,
}: Pick<AskedPage, "sources" | "query" | "within">): DeliveriesFilter {
  const targets = onlyWithin<TargetKey>(config.targets, within);
  const fraises = [...new Set(targets.map(({ fraise }) => fraise))].toSorted();
  const forges = Object.keys(config.forges).toSorted();
  const decision = DECISIONS.find((each) => each === query["decision"]);
  const forge = forges.find((each) => each === query["forge"]);
  const fraise = fraises.find((each) => each === query["fraise"]);
  return {
    decision,
    forge,
    fraise,
    before: /^[0-9a-z]{1,32}$/.test(query["before"] ?? "") ? query["before"] : undefined,
    targets: fraise === undefined && within === undefined ? undefined : ofFraise(targets, fraise),
    form: html`<form class="filter" action="/deliveries" method="get">
      ${choice({ name: "decision", all: "every decision", value: decision, values: DECISIONS })}
      ${choice({ name: "forge", all: "every forge", value: forge, values: forges })}
      ${choice({ name: "fraise", all: "every fraise", value: fraise, values: fraises })}
      <button type="submit">Show</button>
    </form>`,
  };
}

/** The address of a page of the narrowed list. */
export function deliveriesPath(
  { decision, forge, fraise }: Pick<DeliveriesFilter, "decision" | "forge" | "fraise">,
  before?: string,
): string {
  const parts = Object.entries({ decision, forge, fraise, before }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const query = new URLSearchParams(parts).toString();
  return `/deliveries${query === "" ? "" : `?${query}`}`;
}

function ofFraise(targets: readonly TargetKey[], fraise: string | undefined): readonly TargetKey[] {
  return fraise === undefined ? targets : targets.filter((each) => each.fraise === fraise);
}

interface Choice {
  readonly name: string;
  readonly all: string;
  readonly value: string | undefined;
  readonly values: readonly string[];
}

function choice({ name, all, value, values }: Choice): Html {
  return html`<label class="visually-hidden" for="${name}">Narrow by ${name}</label>
    <select id="${name}" name="${name}">
      <option value="">${all}</option>
      ${values.map((each) => html`<option value="${each}" ${each === value ? html`selected` : ""}>${each}</option>`)}
    </select>`;
}
