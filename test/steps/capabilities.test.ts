import { describe, expect, it } from "vitest";
import { declaredSteps, stepFile, stepFiles, textWithImports } from "../../scripts/declared-steps.ts";

const steps = declaredSteps();

/** These say what a step is: every capability is named there. */
const FRAME = new Set(["capabilities.ts", "on-rollback.ts", "step.ts"]);

/** It hands the whole host to the checks of a suite. */
const GIVES_HOST_ON = "verifyRelease";
const HOST = new Set(["clock", "files", "git", "processes", "requests"]);

describe("the type of a step", () => {
  it("says which capabilities the step asks for", () => {
    expect(steps.length).toBeGreaterThan(30);
    const members = stepFiles().filter((file) => !FRAME.has(file));
    const silent = members.filter((file) =>
      /: (Step|RollbackAct|StepContext|PreviewContext)\b(?!<)|\bCapability\b/.test(stepFile(file)),
    );
    expect(silent).toEqual([]);
  });

  it.each(steps.map((step) => [step.name, step] as const))("%s asks for nothing that it does not use", (_, step) => {
    const text = textWithImports(step.file).replaceAll(/(Step|RollbackAct|Context)<[^>]*>|type Needs =[^;]*;/g, "");
    const unused = step.needs.filter((name) => !membersOf(name).some((member) => uses(text, member)));
    expect(step.name === GIVES_HOST_ON ? unused.filter((name) => !HOST.has(name)) : unused).toEqual([]);
  });
});

/** The members that a capability adds to the context of a step, as src/steps/capabilities.ts declares it. */
function membersOf(capability: string): readonly string[] {
  const source = stepFile("capabilities.ts");
  if (source.includes(`readonly ${capability}: { readonly host: Pick<Host, "${capability}"> };`))
    return [`host.${capability}`, `host: { ${capability} }`];
  const [, body = ""] =
    new RegExp(String.raw`^ {2}readonly ${capability}: \{\n([^]*?)^ {2}\};`, "m").exec(source) ?? [];
  const members = [...body.matchAll(/^ {4}(?:readonly )?(\w+)[:(?]/gm)].map(([, member = ""]) => member);
  if (members.length === 0) throw new Error(`src/steps/capabilities.ts does not say what ${capability} gives`);
  return members;
}

function uses(text: string, member: string): boolean {
  return new RegExp(String.raw`(?<![\w."])(context\.)?${member.replaceAll(/[.{}]/g, String.raw`\$&`)}(?!\w)`).test(
    text,
  );
}
