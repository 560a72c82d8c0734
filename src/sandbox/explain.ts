import { hiddenPath } from "./hidden-path.ts";
import type { SandboxPlan } from "./start-in.ts";

interface Around {
  readonly plan: SandboxPlan;
  /** The path of a program on this machine, by PATH of the command. */
  find(program: string): Promise<string | undefined>;
}

/** The messages of programs that miss something which a sandbox hides, and the remedy for each. */
const SYMPTOMS: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [
    /socket "(\/[^"\n]+)" failed|socket '(\/[^'\n]+)' \(2\)|server running locally and accepting connections on (?:that socket|Unix domain socket "(\/[^"\n]+)")/,
    ([, postgres, mysql, old]) =>
      `the socket ${postgres ?? mysql ?? old ?? "of the database"} is not in the sandbox. Use a URL with 127.0.0.1, or name the socket's folder: allow: { sockets: [/run/…] }`,
  ],
  [
    /unix:\/\/(\/\S*docker\.sock)/,
    ([, socket]) =>
      `${socket} is not in the sandbox, as it makes its user root. Name it only if every committer may be: allow: { sockets: [${socket}] }`,
  ],
  [
    /Failed to connect to (?:system |user )?(?:scope )?bus|System has not been booted with systemd/i,
    () =>
      "systemd cannot be reached from the sandbox. Let fraisier restart the service (`service:`), or name units that commands may act on: allow: { units: … }",
  ],
  [
    /sudo: .*(?:no new privileges|effective uid is not 0|setuid)/i,
    () => "sudo does not work in the sandbox. docs/security.md names what replaces it",
  ],
];

/** A line for the log and the reason; undefined if nothing points to the sandbox. */
export async function explain(output: string, { plan, find }: Around): Promise<string | undefined> {
  const [, program] = /(?:^|: )([\w.+-]+): (?:command )?not found\s*$/m.exec(output) ?? [];
  const path = program === undefined ? undefined : await find(program);
  const hidden = path === undefined ? undefined : await hiddenPath(path, plan);
  if (hidden !== undefined)
    return `fraisier: ${program} is ${hidden}, which the sandbox does not show. Name it in fraises.yaml: allow: { paths: [${hidden}] }`;
  for (const [symptom, sentence] of SYMPTOMS) {
    const found = symptom.exec(output);
    if (found !== null) return `fraisier: ${sentence(found)}.`;
  }
  if (
    !plan.network &&
    /Temporary failure in name resolution|EAI_AGAIN|Network is unreachable|Could not resolve host/i.test(output)
  )
    return "fraisier: the sandbox has no network (`network: off` in fraises.yaml).";
  return undefined;
}
