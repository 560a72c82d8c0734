import { targetName } from "../domain/fraise.ts";
import { sandboxGaps } from "../sandbox/sandbox-gaps.ts";
import { failed, fine, skipped, warned } from "./diagnosis.ts";
import type { Examination, Finding } from "./diagnosis.ts";

/** Whether this machine can shut commands of repositories in, and what of them stays outside. */
export const sandbox: Examination = {
  name: "sandbox",
  async examine({ host, targets, service, actor }) {
    const wanted = targets.filter(({ settings }) => settings.sandbox.mode !== "off");
    if (wanted.length === 0) return [skipped("sandbox", "no target wants one")];
    // Several targets have one and the same gap: it is named once, with all of them.
    const named = new Map<string, { readonly finding: Omit<Finding, "message" | "check">; readonly names: string[] }>();
    for (const target of wanted) {
      for (const { problem, hint } of await sandboxGaps(host.processes, target, service?.uid ?? actor.uid)) {
        const key = `${target.settings.sandbox.mode} ${problem}`;
        const isRequired = target.settings.sandbox.mode === "required";
        const entry = named.get(key) ?? {
          finding: isRequired ? failed("", "", hint) : warned("", "", hint),
          names: [],
        };
        entry.names.push(targetName(target));
        named.set(key, entry);
      }
    }
    const off = targets.length - wanted.length;
    const but = off === 0 ? "" : `; ${off} of ${targets.length} targets have \`sandbox: off\``;
    if (named.size === 0) return [fine("sandbox", `commands of repositories run in a sandbox (bubblewrap)${but}`)];
    return [...named].map(([key, { finding, names }]) => ({
      ...finding,
      check: "sandbox",
      message: `${names.join(", ")}: ${key.slice(key.indexOf(" ") + 1)}`,
    }));
  },
};
