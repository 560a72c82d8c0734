import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseDocument } from "yaml";

const USUAL = "sqlite:/var/lib/fraisier/fraisier.db";

/**
 * The store that a broken fraises.yaml seems to name, so that the daemon can be told of the file; undefined if that cannot be said. Only for looking:
 * whoever writes loads the file.
 */
export async function storeUrlIn(file: string): Promise<string | undefined> {
  try {
    const url: unknown = parseDocument(await readFile(file, "utf8"), { logLevel: "silent" }).getIn(["store", "url"]);
    if (url === undefined || url === null) return USUAL;
    if (typeof url !== "string" || !url.startsWith("sqlite:") || url.includes("${")) return undefined;
    return `sqlite:${resolve(dirname(file), url.slice("sqlite:".length))}`;
  } catch {
    return undefined;
  }
}
