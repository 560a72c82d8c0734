import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { KINDS, targetCondition } from "./target-condition.ts";
import type { ConditionKind } from "./target-condition.ts";

const MAX_TEXT = 200;
const WORDS: Readonly<Record<ConditionKind | "all", string>> = {
  all: "targets",
  trouble: "need attention",
  busy: "deploying",
  waiting: "waiting",
  live: "live",
  empty: "never deployed",
};

const WORDS_OF_ONE: typeof WORDS = { ...WORDS, all: "target", trouble: "needs attention" };

interface Filter {
  readonly text: string;
  readonly kind: ConditionKind | undefined;
  /** The links and the field that narrow the board. */
  readonly bar: Html;
}

/** Reads from the address how the board is narrowed. Both parts stand in the address, so that a narrowed board can be kept as a bookmark. */
export function boardFilter(targets: readonly TargetStatus[], query: Readonly<Record<string, string>>): Filter {
  const text = (query["q"] ?? "").slice(0, MAX_TEXT).trim();
  const kind = KINDS.find((each) => each === query["show"]);
  const counts = Map.groupBy(targets, (target) => targetCondition(target).kind);
  const links = KINDS.filter((each) => counts.has(each) || each === kind).map((each) =>
    link(text, each, counts.get(each)?.length ?? 0, each === kind),
  );
  const bar = html`<nav class="counts" id="counts" data-live aria-label="Narrow by state">
      <ul>
        ${link(text, undefined, targets.length, kind === undefined)}${links}
      </ul>
    </nav>
    <form class="find" role="search" action="/" method="get">
      ${kind === undefined ? "" : html`<input type="hidden" name="show" value="${kind}" />`}<label
        class="visually-hidden"
        for="find"
        >Find targets</label
      ><input
        id="find"
        name="q"
        type="search"
        value="${text}"
        placeholder="Find: name, branch, revision"
        autocomplete="off"
        spellcheck="false"
      /><button type="submit">Find</button>
    </form>`;
  return { text, kind, bar };
}

function link(text: string, kind: ConditionKind | undefined, count: number, isCurrent: boolean): Html {
  const query = new URLSearchParams({
    ...(text === "" ? {} : { q: text }),
    ...(kind === undefined ? {} : { show: kind }),
  }).toString();
  const word = (count === 1 ? WORDS_OF_ONE : WORDS)[kind ?? "all"];
  return html`<li class="count count-${kind ?? "all"}">
    <a href="/${query === "" ? "" : `?${query}`}" ${isCurrent ? html`aria-current="true"` : ""}
      ><b>${count}</b> ${word}</a
    >
  </li>`;
}
