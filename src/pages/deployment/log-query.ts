import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";

/** The part of a log that the address of a page names. */
export interface LogQuery {
  /** The text to search for; empty for none. */
  readonly text: string;
  /** The phase whose lines are shown; undefined for all. */
  readonly phase: string | undefined;
  readonly after: number | undefined;
  readonly before: number | undefined;
  /** The line that a link names. */
  readonly line: number | undefined;
}

const MAX_TEXT = 200;

/** Reads the address. A value that cannot be used counts as absent: people edit addresses by hand. Pure. */
export function logQuery(query: Readonly<Record<string, string>>, phases: DeploymentDocument["phases"]): LogQuery {
  return {
    text: (query["q"] ?? "").slice(0, MAX_TEXT).trim(),
    phase: phases.find(({ phase }) => phase === query["phase"])?.phase,
    after: sequence(query["after"]),
    before: sequence(query["before"]),
    line: sequence(query["line"]),
  };
}

/** The address of another part of the same log. */
export function logPath(path: string, { text, phase }: LogQuery, part: Readonly<Record<string, number>>): string {
  const query = new URLSearchParams({
    ...(text === "" ? {} : { q: text }),
    ...(phase === undefined ? {} : { phase }),
    ...Object.fromEntries(Object.entries(part).map(([name, value]) => [name, String(value)])),
  }).toString();
  return `${path}${query === "" ? "" : `?${query}`}`;
}

function sequence(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
