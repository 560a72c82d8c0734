import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { mock } from "node:test";
import { asyncProperty, check } from "fast-check";
import { sampleSeed } from "../crash/sample.ts";
import type { Fraisier } from "./fraisier.ts";
import { openCampaignStore } from "./machine.ts";
import { SequenceFailed, run, sequences } from "./sequence.ts";
import type { Played } from "./sequence.ts";
import { endStandIns } from "./stand-in.ts";
import { messageOf } from "../../src/domain/message-of.ts";

/** Looking for a shorter way to what was found takes no longer than this. */
const SHRINK_MS = 60_000;

/** The seeds of a run that is not the long one: always the same, so that such a run never fails by chance. */
export const SEEDS: readonly number[] = [1, 2, 3, 4];
export const SEQUENCES_OF_A_SEED = 500;

export interface CampaignOptions {
  readonly sequences: number;
  readonly seed: number;
  /** Which sequence of the seed, and how it was shrunk: repeats that one alone. */
  readonly path?: string | undefined;
  /** Looks for the shortest sequence that fails, and not only for the first one. */
  readonly isShrunk?: boolean;
}

/** Something untrue. `lines` is the way to it. */
export interface Finding {
  readonly message: string;
  readonly lines: readonly string[];
  readonly seed: number;
  readonly path: string;
  /** Of the sequence that found it, from 1. */
  readonly number: number;
  readonly cause: unknown;
}

export interface Campaign extends Played {
  readonly sequences: number;
  /** The first thing that was untrue; undefined if everything was true. */
  readonly found: Finding | undefined;
}

/** Runs random sequences against the model and a copy of fraisier, until one fails. */
export async function campaign(
  fraisier: Fraisier,
  { sequences: numRuns, seed, path, isShrunk = true }: CampaignOptions,
): Promise<Campaign> {
  const store = await openCampaignStore(fraisier);
  const all = { sequences: 0, steps: 0, deployments: 0, deaths: 0 };
  // Time stands still unless a step lets it pass, so that a sequence always goes alike and never waits.
  mock.timers.enable({ apis: ["Date"], now: Date.now() });
  try {
    let giveUpAt = Number.POSITIVE_INFINITY;
    const property = asyncProperty(sequences, async (sequence) => {
      // What was found last is short enough then.
      if (performance.now() > giveUpAt) return;
      try {
        const { steps, deployments, deaths } = await run(fraisier, store, sequence);
        all.sequences += 1;
        all.steps += steps;
        all.deployments += deployments;
        all.deaths += deaths;
      } catch (error) {
        giveUpAt = Math.min(giveUpAt, performance.now() + SHRINK_MS);
        throw error;
      }
    });
    const details = await check(property, {
      numRuns,
      seed,
      endOnFailure: !isShrunk,
      ...(path === undefined ? {} : { path }),
    });
    if (!details.failed) return { ...all, found: undefined };
    const error = details.errorInstance;
    const found = {
      message: messageOf(error),
      lines: error instanceof SequenceFailed ? error.lines : [],
      seed: details.seed,
      path: details.counterexamplePath ?? "",
      number: details.numRuns,
      cause: error instanceof Error ? error.cause : error,
    };
    return { ...all, found };
  } finally {
    mock.timers.reset();
    endStandIns();
    await store.close();
  }
}

/** A finding for people: the scenario, and how to see it again. */
export function scenarioOf({ message, lines, seed, path }: Finding): string {
  return `${message}

${lines.map((line) => `  ${line}`).join("\n")}

again: FRAISIER_QUEUE_SEED=${seed} FRAISIER_QUEUE_PATH=${path} scripts/test test/queue-model/queue-model`;
}

/** A number that the tested revision gives: another revision tries other sequences. */
export function seedOfRevision(): number {
  return createHash("sha256").update(sampleSeed()).digest().readUInt16BE();
}

/** Adds to the figures that scripts/test prints at the end of a whole run. */
export function reportCampaign({ sequences: count, steps, deployments, deaths, found }: Campaign): void {
  const file = process.env["QUEUE_MODEL_REPORT"];
  if (file !== undefined)
    appendFileSync(file, `${count} ${steps} ${deployments} ${deaths} ${found === undefined ? 0 : 1}\n`);
}
