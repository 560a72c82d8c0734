import type { Readable } from "node:stream";
import { expect, it } from "vitest";
import type { DeploymentOptions } from "../../src/domain/deployment-options.ts";
import type { Phase } from "../../src/domain/phase.ts";
import type { Store } from "../../src/store/store.ts";
import type { FilledStore } from "../helpers/filled-store.ts";
import { filledStore } from "../helpers/filled-store.ts";
import { API, revision } from "../helpers/store.ts";

type Leaf = string | number | bigint | boolean | symbol | null | undefined | Date | Uint8Array | Error | Readable;

/** Words with underscores that are no columns: the keys of options are those of fraises.yaml, and times are told by phase. */
type Word = keyof DeploymentOptions | Phase;

/** The names of columns in a value, down to its fifth level. */
type ColumnsIn<Value, Depth extends readonly 1[] = []> = Depth["length"] extends 5
  ? never
  : Value extends Leaf
    ? never
    : Value extends (...rest: infer Arguments) => infer Result
      ? ColumnsIn<Arguments | Awaited<Result>, [...Depth, 1]>
      : Value extends ReadonlyMap<unknown, infer Each> | ReadonlySet<infer Each> | readonly (infer Each)[]
        ? ColumnsIn<Each, [...Depth, 1]>
        : Value extends object
          ? Exclude<Extract<keyof Value, `${string}_${string}`>, Word> | ColumnsIn<Value[keyof Value], [...Depth, 1]>
          : never;

/** `deliveries.history: received_at`, if that verb takes or gives a column. */
type Leaks = {
  [Noun in keyof Store]: Store[Noun] extends (...rest: never[]) => unknown
    ? `${Noun}: ${ColumnsIn<Store[Noun]>}`
    : { [Verb in keyof Store[Noun]]: `${Noun}.${Verb & string}: ${ColumnsIn<Store[Noun][Verb]>}` }[keyof Store[Noun]];
}[keyof Store];

/** The compiler names the verb and the column here if there is one. */
const NO_COLUMN_IS_IN_A_TYPE: [Leaks] extends [never] ? true : Leaks = true;

type Reads = Readonly<Record<string, (filled: FilledStore) => Promise<unknown>>>;

/** A question for each verb that gives more than a number, a text or a yes. */
const QUESTIONS: Reads = {
  "daemons.all": ({ store }) => store.daemons.all(),
  "databases.backupHistory": ({ store }) => store.databases.backupHistory(API, { limit: 9 }),
  "databases.migrationHistory": ({ store }) => store.databases.migrationHistory(API, { limit: 9 }),
  "databases.migrationStatus": ({ store }) => store.databases.migrationStatus(API),
  "deliveries.detail": ({ store, ids }) => store.deliveries.detail(ids.pushed),
  "deliveries.history": ({ store }) => store.deliveries.history({ limit: 9 }),
  "deployments.counts": ({ store }) => store.deployments.counts("2026-01-01"),
  "deployments.detail": ({ store, ids }) => store.deployments.detail(ids.takenBack),
  "deployments.frozenSettings": ({ store, ids }) => store.deployments.frozenSettings(ids.live),
  "deployments.history": ({ store }) => store.deployments.history({ limit: 9 }),
  "deployments.newestSuccesses": ({ store }) => store.deployments.newestSuccesses(API, 9),
  "deployments.output": ({ store, ids }) => store.deployments.output(ids.live, 0, 9),
  "deployments.phaseDurations": ({ store }) => store.deployments.phaseDurations(API, 9),
  "deployments.rollbacks": ({ store, ids }) => store.deployments.rollbacks(ids.takenBack),
  "hosts.all": ({ store }) => store.hosts.all(),
  "hosts.leader": ({ store }) => store.hosts.leader(),
  "measures.counts": ({ store }) => store.measures.counts(),
  "measures.tallies": ({ store }) => store.measures.tallies(),
  "measures.targets": ({ store }) => store.measures.targets(),
  "queue.noticeStuck": ({ store }) => store.queue.noticeStuck(new Date("2100-01-01")),
  "queue.replacedBy": ({ store, ids }) => store.queue.replacedBy(ids.waiting),
  "queue.state": ({ store }) => store.queue.state(),
  "sweeps.knownRefs": ({ store }) => store.sweeps.knownRefs(API),
  "targets.actions": ({ store }) => store.targets.actions(API, 9),
  "targets.locks": ({ store }) => store.targets.locks(),
  "targets.standing": ({ store }) => store.targets.standing(API, revision("a")),
  "targets.status": ({ store }) => store.targets.status(),
  "tokens.list": ({ store }) => store.tokens.list(),
  "upkeep.counts": ({ store }) => store.upkeep.counts(),
  "upkeep.lastBackup": ({ store }) => store.upkeep.lastBackup(),
  "variables.of": ({ store }) => store.variables.of(API),
  "variables.recipient": ({ store }) => store.variables.recipient(),
  "verifications.checks": ({ store, ids }) => store.verifications.checks(ids.live),
  "verifications.status": ({ store }) => store.verifications.status(),
};

/** The values that hold the words of steps, options and phases. */
const WORDS: ReadonlySet<string> = new Set(["facts", "metadata", "options", "phases"]);

/** Each column in a value, with its place: `[0].decisions[0].deployment_id`. */
function columnsIn(value: unknown, place = ""): readonly string[] {
  if (value instanceof Map || value instanceof Set) return columnsIn([...value.values()], place);
  if (Array.isArray(value)) return value.flatMap((each, index) => columnsIn(each, `${place}[${index}]`));
  if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([key, each]) => [
    ...(key.includes("_") ? [`${place}.${key}`] : []),
    ...(WORDS.has(key) && !Array.isArray(each) ? [] : columnsIn(each, `${place}.${key}`)),
  ]);
}

it("no answer of the store has a column of a table in it", async () => {
  expect(NO_COLUMN_IS_IN_A_TYPE).toBe(true);
  const filled = await filledStore();
  const { store } = filled;
  await store.deployments.keepSettings(filled.ids.live, "runner", { hash: "h", text: "", secrets: undefined }).catch(
    // The deployment has ended.
    () => undefined,
  );
  const attempt = { migration: "1", tool: "sql", file: "", sha256: "", deployment: undefined, by: "ann" };
  await store.databases.beginMigration(API, { ...attempt, status: "applying" });
  const backup = { id: "0", deployment: undefined, revision: "", engine: "sqlite", path: "/srv/0", by: "ann" };
  await store.databases.beginBackup(API, backup);
  await store.upkeep.recordBackup({ at: "", file: "-", bytes: 1, madeBy: "ann" });
  const variable = { ...API, name: "A", value: new Uint8Array(1), updatedAt: "", updatedBy: "ann" };
  await store.variables.set({ recipient: "age1", saw: undefined }, [variable]);
  for (const [name, ask] of Object.entries(QUESTIONS)) {
    const answer = await ask(filled);
    expect({ name, columns: columnsIn(answer) }).toEqual({ name, columns: [] });
  }
});
