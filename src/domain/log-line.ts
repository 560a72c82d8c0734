/** A line of a deployment's log. */
export interface LogLine {
  readonly sequence: number;
  readonly at: string;
  /** The step that printed it. */
  readonly step: string;
  readonly stream: "stdout" | "stderr" | "fraisier";
  readonly line: string;
}
