import { mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** Used by scripts/coverage.ts alone. */
export default mergeConfig(base, {
  test: {
    exclude: [
      // They kill processes at many places of code that other tests run, too; a process that is killed reports nothing.
      "test/crash/**",
      "test/campaign/**",
      "test/queue-model/**",
      // It makes a snapshot of the published program, which has no source maps.
      "test/packages/snapshot.test.ts",
    ],
    // Set when the workers run already: only the processes that tests start write reports of their own.
    env: { NODE_V8_COVERAGE: process.env["FRAISIER_COVERAGE"] ?? "" },
    coverage: {
      enabled: true,
      provider: "v8",
      include: ["src/**/*.ts"],
      reporter: ["json"],
      reportsDirectory: "coverage",
      reportOnFailure: true,
    },
  },
});
