import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { attributes } from "./attributes.ts";

/** A column of a table: its name, and what it shows of a row. */
export interface Column<Row> {
  readonly name: string;
  /** A name that only screen readers need. */
  readonly hasHiddenName?: boolean;
  /** A phone shows a row as a card without the names of the columns. There this word stands before the value. */
  readonly label?: string;
  /** The class of its cells. */
  readonly look?: string;
  /** The column holds numbers, which stand at the right. */
  readonly isNumber?: boolean;
  value(row: Row): Html | string | number;
}

/** The first column names its row, so that a screen reader says it with each cell. */
export type Columns<Row> = readonly [Column<Row>, ...Column<Row>[]];

interface Table<Row> {
  /** The title of the table, for screen readers. A section with a heading has its title already. */
  readonly caption?: string;
  readonly look: string;
  /** The names of the columns are only for screen readers. */
  readonly hasHiddenHead?: boolean;
  /** The id of the rows, which the script of the page keeps true. */
  readonly liveId?: string;
  /** The id of a row. */
  id?(row: Row): string;
  /** The class of a row. */
  rowLook?(row: Row): string;
}

/** A table whose roles stay what they are if a style sheet shows its rows as cards. */
export function table<Row>(columns: Columns<Row>, rows: readonly Row[], options: Table<Row>): Html {
  const { caption, look, hasHiddenHead, liveId } = options;
  return html`<table role="table" class="${look}">
    ${caption === undefined ? "" : tableCaption(caption)}${tableHead(columns, hasHiddenHead)}
    <tbody role="rowgroup" ${liveId === undefined ? "" : html`id="${liveId}" data-live`}>
      ${rows.map((row) => tableRow(columns, row, options))}
    </tbody>
  </table>`;
}

/** The title of a table for screen readers. */
export function tableCaption(words: string): Html {
  return html`<caption class="visually-hidden">
    ${words}
  </caption>`;
}

/** The names of the columns. */
export function tableHead<Row>(columns: Columns<Row>, isHidden = false): Html {
  return html`<thead role="rowgroup" ${isHidden ? html`class="visually-hidden"` : ""}>
    <tr role="row">
      ${columns.map(
        (column) =>
          html`<th role="columnheader" scope="col" ${looks({ isNumber: column.isNumber === true })}>
            ${column.hasHiddenName === true ? html`<span class="visually-hidden">${column.name}</span>` : column.name}
          </th> `,
      )}
    </tr>
  </thead>`;
}

/** A row of a table. */
export function tableRow<Row>(
  [first, ...rest]: Columns<Row>,
  row: Row,
  { id, rowLook }: Pick<Table<Row>, "id" | "rowLook">,
): Html {
  return html`<tr role="row" ${attributes({ id: id?.(row), class: rowLook?.(row) })}>
    <th role="rowheader" scope="row" ${looks(first)}>${first.value(row)}</th>
    ${rest.map((column) => html`<td role="cell" ${looks(column)}>${column.value(row)}</td> `)}
  </tr> `;
}

type Looks = Pick<Column<never>, "label" | "look" | "isNumber">;

/** Made once for each column: a board has thousands of cells. */
const made = new WeakMap<Looks, Html>();

function looks(column: Looks): Html {
  const known = made.get(column);
  if (known !== undefined) return known;
  const names = [column.look, column.isNumber === true ? "number" : undefined].filter((each) => each !== undefined);
  const all = attributes({ class: names.join(" "), "data-label": column.label });
  made.set(column, all);
  return all;
}
