import { readFileSync } from "node:fs";

// Read when the program starts: an upgrade may replace package.json under a runner that goes on.
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};

/** The version that stands in package.json. */
export function programVersion(): string {
  return version;
}
