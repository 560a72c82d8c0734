import { dirname } from "node:path";
import type { Config } from "../../config/config.ts";
import { lineOfKey } from "../../config/file/line-of-key.ts";
import type { CopyTarget } from "./copy-target.ts";

/** The state folder of a store on a server, if fraises.yaml does not say another one. */
const USUAL_FOLDER = "/var/lib/fraisier";

/** The changes of fraises.yaml that bring a copied store into use, one sentence each. */
export function copyAdvice(config: Config, { shown, password }: CopyTarget): readonly string[] {
  const { state_directory: folder } = config.deployment;
  const wouldBe = shown.startsWith("sqlite:") ? dirname(shown.slice("sqlite:".length)) : USUAL_FOLDER;
  const place = (section: "store" | "deployment", key: string): string => {
    const line = lineOfKey(config, [section, key]);
    return `${section}.${key} ${line === undefined ? "(which it does not have yet)" : `(line ${line})`}`;
  };
  const has = (section: string, key: string): boolean => lineOfKey(config, [section, key]) !== undefined;
  return [
    `In ${config.file}, set ${place("store", "url")} to ${shown}`,
    ...(password === undefined ? [] : [`In ${config.file}, set ${place("store", "password")} to ${password}`]),
    ...(password === undefined && has("store", "password")
      ? [`In ${config.file}, remove ${place("store", "password")}`]
      : []),
    // Mirrors, releases and the key of the variables are there.
    ...(has("deployment", "state_directory") || folder === wouldBe
      ? []
      : [`In ${config.file}, set ${place("deployment", "state_directory")} to ${folder}`]),
  ];
}
