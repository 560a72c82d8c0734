import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "../helpers/scenario.ts";
import { stepVersion } from "../helpers/step-migrations.ts";
import { codeOf } from "./targets.ts";
import type { CampaignTarget } from "./targets.ts";

/** A version that was pushed to the branch of a target. */
export interface Push {
  readonly target: CampaignTarget;
  readonly version: number;
  readonly revision: string;
  /** fraisier answered 200 to its webhook. */
  isAccepted: boolean;
}

/** What a campaign found, in sentences. */
export interface Findings {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly lies: readonly string[];
}

interface Standing {
  readonly fraise: string;
  readonly revision: string | null;
  readonly drift: string;
  readonly unknown?: string;
  readonly last_status: string | null;
  readonly last_reason: string | null;
  readonly running_id: string | null;
}

const ALL = 1_000_000;
/** A row of the history that has ended so needs no reason. */
const SPEAKS_FOR_ITSELF: ReadonlySet<string> = new Set(["succeeded", "superseded"]);

/** Compares every push with the record, and the record with the host. Nothing may be under way. */
export async function examine(
  scenario: Scenario,
  targets: readonly CampaignTarget[],
  pushes: readonly Push[],
): Promise<Findings> {
  const history = await scenario.store.deployments.history({ limit: ALL });
  const rows = Map.groupBy(history, (row) => keyOf(row.fraise, row.revision));
  const halfDone = targets.filter(({ name }) => isHalfDone(history.filter(({ fraise }) => fraise === name)));
  const decided = await decisionsOf(scenario);
  const lost: string[] = [];
  const doubled: string[] = [];
  for (const push of pushes) {
    const name = `version ${push.version} of ${push.target.name} (${push.revision.slice(0, 7)})`;
    const found = rows.get(keyOf(push.target.name, push.revision)) ?? [];
    const isNewest = pushes.findLast(({ target }) => target === push.target) === push;
    const decision = decided.get(keyOf(push.target.name, push.revision));
    // A forge knows of an older push that was not accepted, and the branch has moved on since.
    if (found.length === 0 && decision === undefined && (push.isAccepted || isNewest))
      lost.push(`${name} has no trace`);
    for (const { id, status, reason, supersededBy: successor, notBefore } of found) {
      const how = `${name}: ${id} is ${status}`;
      if (status === "running" || status === "rolling_back") lost.push(`${how} and never ends`);
      else if (status === "queued" && notBefore === undefined) lost.push(`${how} and is never started`);
      else if (status === "superseded" && successor === undefined) lost.push(`${how} by nothing`);
      else if (status !== "queued" && !SPEAKS_FOR_ITSELF.has(status) && reason === "")
        lost.push(`${how} without a reason`);
    }
    const successes = found.filter(({ status }) => status === "succeeded").map(({ id }) => id);
    if (successes.length > 1) doubled.push(`${name} succeeded as ${successes.join(" and ")}`);
    const first = found.filter(({ retryOf }) => retryOf === undefined);
    if (first.length > 1) doubled.push(`${name} was queued as ${first.map(({ id }) => id).join(" and ")}`);
  }
  return { lost, doubled, lies: await findLies(scenario, targets, pushes, new Set(halfDone)) };
}

/** Whether a deployment since the last success ended as rollback_failed: its record says that a person must look at the database. */
function isHalfDone(newestFirst: readonly { readonly status: string }[]): boolean {
  const sinceSuccess = newestFirst.slice(
    0,
    newestFirst.findIndex(({ status }) => status === "succeeded"),
  );
  return sinceSuccess.some(({ status }) => status === "rollback_failed");
}

async function decisionsOf({ store }: Scenario): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  let before: string | undefined;
  for (;;) {
    const page = await store.deliveries.history({ limit: 500, ...(before === undefined ? {} : { before }) });
    for (const { decisions } of page)
      for (const { fraise, revision, reason } of decisions)
        if (fraise !== null && revision !== null) found.set(keyOf(fraise, revision), reason);
    before = page.at(-1)?.id;
    if (before === undefined) return found;
  }
}

/** What `status --json` says and the host does not. */
async function findLies(
  scenario: Scenario,
  targets: readonly CampaignTarget[],
  pushes: readonly Push[],
  halfDone: ReadonlySet<CampaignTarget>,
): Promise<readonly string[]> {
  const { stdout, stderr } = await scenario.fraisier("status", "--json");
  if (stdout === "") return [`status --json says nothing: ${stderr}`];
  const { targets: standings } = JSON.parse(stdout) as { targets: readonly Standing[] };
  const lies: string[] = [];
  for (const target of targets) {
    const standing = standings.find(({ fraise }) => fraise === target.name);
    const said = pushes.find((push) => push.target === target && push.revision === standing?.revision)?.version;
    const lie = (what: string): void =>
      void lies.push(
        `${target.name}: status says version ${said} (last: ${standing?.last_status}, ${standing?.last_reason}), and ${what}`,
      );
    if (standing === undefined || said === undefined) {
      lie("no such version was pushed");
      continue;
    }
    if (standing.running_id !== null) lie(`${standing.running_id} is said to run`);
    // It says itself that nobody knows what runs.
    if (standing.last_status === "rollback_failed") continue;
    if (standing.drift !== "") lie(`the host differs: ${standing.drift}`);
    const found = await lookAt(scenario, target, halfDone.has(target)).catch((error: unknown) => ({
      unknown: String(error),
    }));
    for (const [what, version] of Object.entries(found))
      if (version !== undefined && version !== String(said)) lie(`${what}: ${version}`);
  }
  return lies;
}

/** Versions that the host shows, by where. */
async function lookAt(
  scenario: Scenario,
  target: CampaignTarget,
  isHalfDone: boolean,
): Promise<Readonly<Record<string, string | undefined>>> {
  const code = codeOf(target);
  const version = readFileSync(join(code, "VERSION"), "utf8").trim();
  const changed =
    target.layout === "in_place"
      ? await scenario.program("git", "-C", code, "status", "--porcelain", "--untracked-files=no")
      : "";
  return {
    "its code is of version": changed === "" ? version : `${version}, and changed: ${changed}`,
    "what runs is version": await target.runs(),
    "its database is of version":
      target.database === undefined || isHalfDone ? undefined : databaseVersion(target.database),
  };
}

function databaseVersion(file: string): string {
  const ask = (sql: string): readonly string[] =>
    execFileSync("sqlite3", [file, sql], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line !== "");
  return stepVersion({
    tables: ask("select name from sqlite_master where name like 'step_%'"),
    recorded: ask("select id from fraisier_migration where state = 'applied'"),
  });
}

function keyOf(fraise: string, revision: string): string {
  return `${fraise} ${revision}`;
}
