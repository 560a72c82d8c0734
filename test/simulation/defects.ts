import type { Mutant } from "../queue-model/mutants.ts";

/** Wrong edits of the pure parts. Each of them looks harmless, and breaks a promise. */
export const DEFECTS: readonly Mutant[] = [
  {
    name: "a wave begins without waiting until the hosts before have stayed healthy",
    edits: [
      {
        file: "queue/next-wave.ts",
        mended: 'status === "succeeded" && healthyMs < plan.bakeMs',
        broken: 'status === "running" && healthyMs < plan.bakeMs',
      },
    ],
    found: /must stay healthy for/,
  },
  {
    name: "canaries do not come before the others",
    edits: [
      {
        file: "queue/wave-order.ts",
        mended: "return canaries > 0 ? Math.min(canaries, most) : most;",
        broken: "return canaries > 0 ? most : most;",
      },
    ],
    found: /wave \d+ has \d+ hosts/,
  },
  {
    name: "hosts go on to begin after one of them has failed",
    edits: [
      {
        file: "queue/waves.ts",
        mended: "const trouble = rollout.trouble ?? failureIn(rollout);",
        broken: "const trouble = rollout.trouble ?? (rollout.runsForMs < 0 ? failureIn(rollout) : undefined);",
      },
    ],
    found: /is known to be bad|is rolled_back|without trouble/,
  },
  {
    name: "a failed rollout leaves the hosts that succeeded as they are",
    edits: [
      {
        file: "queue/rollout-trouble.ts",
        mended: 'plan.onFailure === "stop" ||',
        broken: 'plan.onFailure !== "stop" ||',
      },
    ],
    found: /was not taken back|is rolled_back|known to be bad/,
  },
  {
    name: "a host that was absent does not catch up",
    edits: [
      {
        file: "queue/waves.ts",
        mended: "const begins = present.slice(0, places)",
        broken: "const begins = present.slice(places, places)",
      },
    ],
    found: /went live, and host \d+ runs/,
  },
  {
    name: "a newer rollout begins while the current wave of the older one still runs",
    edits: [
      {
        file: "queue/next-wave.ts",
        mended: "if (older !== undefined) return",
        broken: 'if (older?.id === "") return',
      },
    ],
    found: /though the rollout before it still runs/,
  },
  {
    name: "others begin together with the first host, which has work of its own",
    edits: [
      {
        file: "queue/wave-order.ts",
        mended: "if (plan.isFirstAlone && wave === 0) return 1;",
        broken: "if (plan.isFirstAlone && wave === 0) return 2;",
      },
    ],
    found: /as the first host, though another one has begun|wave 0 has 2 hosts/,
  },
  {
    name: "a delivery that comes twice is decided twice",
    edits: [{ file: "domain/decision.ts", mended: "takenCareOf(earlier) ??", broken: "takenCareOf(undefined) ??" }],
    found: /is deployed twice/,
  },
  {
    name: "a deployment begins on a host where one of the same target runs",
    edits: [
      {
        file: "queue/next-turn.ts",
        mended: "if (same !== undefined) return",
        broken: "if (same === deployment) return",
      },
    ],
    found: /is to begin on host \d+, where/,
  },
];
