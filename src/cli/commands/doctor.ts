import type { Finding, FindingStatus } from "../../doctor/diagnosis.ts";
import { examine, severityOf } from "../../doctor/examine.ts";
import { examinations } from "../../doctor/index.ts";
import type { Invocation } from "../command-entry.ts";
import { withPatient } from "../machine/patient.ts";
import { harmless } from "../../domain/harmless.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import { counted } from "../../domain/counted.ts";
import type { Print } from "../print/print.ts";

const STYLES = { ok: "green", warning: "yellow", error: "red", skipped: "dim" } as const;

/** `fraisier doctor [target]`: exits with 0 if everything is fine, 1 if there are only warnings, 2 if there are errors. */
export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  const isShown = process.stderr.isTTY && !print.isJson;
  return await withPatient({ args, options }, async (patient) => {
    const findings = await examine(patient, examinations, isShown ? { onProgress: showProgress } : {});
    const exitCode = severityOf(findings);
    if (print.isJson) print.json({ ok: exitCode === 0, user: patient.actor.name, findings });
    else printFindings(print, findings);
    return exitCode;
  });
}

function printFindings(print: Print, findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ status }) => status.length));
  print.facts(
    findings.flatMap(({ check, status, message, remedy }) => {
      const label = `${print.style(STYLES[status], status.padEnd(width))}  ${harmless(check)}`;
      const row = [label, harmless(message)] as const;
      return remedy === undefined ? [row] : [row, ["", print.style("bold", harmless(`→ ${remedy}`))] as const];
    }),
  );
  const count = (status: FindingStatus): number => findings.filter((each) => each.status === status).length;
  print.line();
  print.line(
    `${counted(count("error"), "error")}, ${counted(count("warning"), "warning")}, ${count("ok")} ok, ${count("skipped")} skipped`,
  );
}

/** Progress on standard error: a line that is written over, and cleared at the end. */
function showProgress(running: readonly string[]): void {
  const text = running.length === 0 ? "" : `looking at ${running.join(", ")} …`;
  process.stderr.write(`\r\u001b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
}
