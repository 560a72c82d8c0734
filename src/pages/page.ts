import type { Sources } from "../answers/sources.ts";
import type { Within } from "../answers/within.ts";
import type { Reach, Scope } from "../domain/api-token.ts";
import type { Forge } from "../forges/forge.ts";
import type { Html } from "./html.ts";

/** The person who looks at a page. */
export interface Viewer extends Reach {
  /** `token ann`, as the record names this person. */
  readonly name: string;
  readonly scope: Scope;
  /** Every form sends this word back, which proves that the form comes from a page of this session. */
  readonly formWord: string;
}

/** A request for a page. */
export interface AskedPage {
  readonly sources: Sources;
  /** Every kind of forge. */
  readonly forges: readonly Forge[];
  /** The parts of the path that stand for `:name`. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Says which targets the viewer may know of. */
  readonly within: Within;
  readonly viewer: Viewer;
  readonly now: Date;
}

/** A page as it is shown. */
export interface Shown {
  readonly title: string;
  /** The entry of the navigation that it belongs to. */
  readonly section: string;
  readonly main: Html;
  readonly status?: 200 | 400 | 403 | 404 | 409 | 422 | 500 | 503;
}

/** A page of the dashboard. It only reads, and never asks the host. */
export interface Page {
  readonly path: string;
  /** Undefined if there is nothing by this name that the viewer may know of. @throws UsageError for parameters that cannot be used. */
  show(asked: AskedPage): Promise<Shown | undefined>;
}
