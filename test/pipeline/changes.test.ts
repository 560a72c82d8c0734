import { expect, it } from "vitest";
import { openJournal } from "../../src/pipeline/journal.ts";
import { openOutputLog } from "../../src/pipeline/output-log.ts";
import { contextBuilder } from "../../src/pipeline/step-context.ts";
import type { ContextParts } from "../../src/pipeline/step-context.ts";
import { rebuildCheckout } from "../../src/steps/build/rebuild-checkout.ts";
import { onRollback } from "../../src/steps/on-rollback.ts";
import type { Step } from "../../src/steps/step.ts";
import { delivery, freshStore, revision } from "../helpers/store.ts";

const nothing = async (): Promise<void> => {};
const before: Step = { name: "before", phase: "building", describe: () => "", run: nothing };
const [rebuild] = onRollback("copying_files", [rebuildCheckout([{ command: "make", user: undefined, timeout: 1 }])]);
const migrate: Step = { ...before, name: "migrate", hasChanged: ({ migrations }) => migrations !== 0 };
const move: Step = { ...before, name: "move", hasDisturbed: () => true };

it("an act of a rollback is told what the steps behind it changed, and a checkout that was not touched is not built again", async () => {
  if (rebuild === undefined) throw new Error("there is no such act");
  const store = await freshStore();
  const id = (await store.deliveries.record([delivery(revision("a"))]))[0]?.decisions[0]?.deployment ?? "";
  const owner = "runner";
  await store.queue.claim(id, { leaseMs: 1_000, claimer: "{}" });
  await store.queue.adopt(id, { owner, kind: "process", identity: "{}" }, 1_000);
  const redact = (text: string): string => text;
  const journal = await openJournal(store, id, owner, redact);
  const output = openOutputLog(store, id, 1, redact);
  const steps = [before, rebuild, migrate, move];
  const built: unknown[] = [];
  const parts = {
    run: { owner, steps, store, journal, output, redact },
    deployment: { id },
    target: { settings: { timeout: 1 } },
    places: {},
    looks: { host: { processes: {}, git: {}, clock: {} }, env: {} },
    acts: {
      commands: {
        run: async (command: unknown) => {
          built.push(command);
          return { exitCode: 0 };
        },
      },
    },
    before: {},
  };
  const contextFor = contextBuilder(parts as unknown as ContextParts);
  const context = () => contextFor(rebuild, new AbortController().signal, 1, steps.length);
  const seen = (): readonly boolean[] => [context().hasChanged, context().hasDisturbed];

  for (const step of [before, rebuild, migrate]) await journal.start(step);
  await journal.remember(migrate, { migrations: 0 });
  expect(seen()).toEqual([false, false]);
  await rebuild.undo?.(context());
  expect(built).toEqual([]);

  await journal.remember(migrate, { migrations: 1 });
  expect(seen()).toEqual([true, false]);
  await journal.start(move);
  expect(seen()).toEqual([true, true]);
  await rebuild.undo?.(context());
  expect(built).toEqual(["make"]);
  await output.close();
});
