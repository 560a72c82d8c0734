import type { StepStatus } from "../domain/deployment.ts";
import { StoreAway } from "../domain/errors.ts";
import type { Facts } from "../steps/capabilities.ts";
import type { Store } from "../store/store.ts";
import type { LocalJournal, LocalStep } from "./local-journal.ts";

type Entry = Parameters<Store["deployments"]["journalStep"]>[2];

/** A deployment's journal on this machine, and the store that is behind it if it was away. */
export interface KeptLocally extends LocalJournal {
  /** The store, whose journal of this deployment is kept on this machine, too. */
  readonly store: Store;
  /** Brings the steps into the store that it does not have. @throws StoreAway */
  catchUp(): Promise<void>;
}

/** Statuses of a step that fails or is taken back: the way back goes on without the store, and nothing else does. */
const WAY_BACK: ReadonlySet<StepStatus> = new Set(["failed", "undoing", "undone", "undo_failed"]);

/** Brings the store up to date with the journal on this machine, and keeps both from then on. @throws StoreAway */
export async function keepLocally(
  store: Store,
  local: LocalJournal,
  { id, owner }: { readonly id: string; readonly owner: string },
): Promise<KeptLocally> {
  const { journalStep } = store.deployments;
  const behind = new Map<string, Entry>();
  const catchUp = async (): Promise<void> => {
    for (const [name, entry] of behind) {
      await journalStep(id, owner, entry);
      behind.delete(name);
    }
  };
  for (const each of await unknownTo(store, id, local)) behind.set(each.step, entryOf(each));
  await catchUp();
  await store.deployments.appendOutput(id, local.lines);

  const keepStep: Store["deployments"]["journalStep"] = async (deployment, runner, entry) => {
    // Neither of the two begins a step alone: it does not act before both have it.
    if (entry.status === "started") await journalStep(deployment, runner, entry);
    await local.step(stepOf(entry), entry.isBrief === true);
    if (entry.status === "started") return;
    try {
      await journalStep(deployment, runner, entry);
      behind.delete(entry.step);
    } catch (error) {
      if (!(error instanceof StoreAway)) throw error;
      behind.set(entry.step, { ...behind.get(entry.step), ...entry });
      if (!WAY_BACK.has(entry.status)) throw error;
    }
  };
  // The journal's present rollback is asked for later: it must not be copied here.
  const kept = { store: { ...store, deployments: { ...store.deployments, journalStep: keepStep } }, catchUp };
  return Object.assign(Object.create(local) as LocalJournal, kept);
}

/** The steps that the store has otherwise. */
async function unknownTo(store: Store, id: string, { steps }: LocalJournal): Promise<readonly LocalStep[]> {
  if (steps.size === 0) return [];
  const recorded = new Map((await store.deployments.detail(id))?.steps.map((row) => [row.step, row]));
  return [...steps.values()].filter(({ step, status, facts }) => {
    const row = recorded.get(step);
    return row?.status !== status || JSON.stringify(row.facts) !== JSON.stringify(facts);
  });
}

function entryOf({ step, phase, status, facts, error }: LocalStep): Entry {
  return { step, phase, status, facts: JSON.stringify(facts), error };
}

function stepOf({ step, phase, status, facts = "{}", error = "" }: Entry): LocalStep {
  return { step, phase, status, facts: JSON.parse(facts) as Facts, error };
}
