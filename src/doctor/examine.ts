import { setTimeout as sleep } from "node:timers/promises";
import { FraisierError } from "../domain/errors.ts";
import { messageOf } from "../domain/message-of.ts";
import { failed } from "./diagnosis.ts";
import type { Examination, Finding, Patient } from "./diagnosis.ts";

/** No examination may keep a person waiting longer. */
const LIMIT_MS = 10_000;

export interface ExamineOptions {
  readonly limitMs?: number;
  /** Called when an examination ends, with the names of those that go on. */
  onProgress?(running: readonly string[]): void;
}

/** Makes all examinations at once, and gives their findings in the order of the list. An examination that throws or hangs becomes a finding of its own. */
export async function examine(
  patient: Patient,
  examinations: readonly Examination[],
  { limitMs = LIMIT_MS, onProgress }: ExamineOptions = {},
): Promise<readonly Finding[]> {
  const running = new Set(examinations.map(({ name }) => name));
  onProgress?.([...running]);
  const findings = await Promise.all(
    examinations.map(async (examination) => {
      const found = await bounded(patient, examination, limitMs);
      running.delete(examination.name);
      onProgress?.([...running]);
      return found;
    }),
  );
  return findings.flat();
}

async function bounded(
  patient: Patient,
  { name, examine: look }: Examination,
  limitMs: number,
): Promise<readonly Finding[]> {
  const controller = new AbortController();
  const late = sleep(limitMs, "late" as const, { signal: controller.signal, ref: false }).catch(() => "late" as const);
  try {
    const found = await Promise.race([look(patient, controller.signal), late]);
    if (found !== "late") return found;
    const message = `no answer within ${limitMs / 1000} seconds`;
    return [failed(name, message, "Try again; if it goes on, look at what this machine is busy with (top, dmesg).")];
  } catch (error) {
    return [thrown(name, error)];
  } finally {
    controller.abort();
  }
}

/** An error as a finding: its own hint is the remedy. */
export function thrown(check: string, error: unknown): Finding {
  const message = messageOf(error);
  const hint = error instanceof FraisierError ? error.hint : undefined;
  return failed(check, message, hint ?? "fraisier doctor --json has the same for a report.");
}

/** How the worst finding ends the command: 0, 1 for warnings, 2 for errors. */
export function severityOf(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ status }) => status === "error")) return 2;
  return findings.some(({ status }) => status === "warning") ? 1 : 0;
}
