import { defineConfig } from "vitest/config";
import { neutralEnvironment } from "./test/helpers/neutral-environment.ts";

/** Rules that need neither the built program nor a database nor a daemon: they are checked in seconds, after each change. */
export default defineConfig({
  test: {
    include: [
      "test/{architecture,prose}.test.ts",
      "test/http/{fair-shares,turns}.test.ts",
      "test/schedule/{timer-state,unit-text}.test.ts",
      "test/scripts/test-report.test.ts",
      "test/sweep/find-*.test.ts",
      "test/{config,deployers,domain,forges,pipeline,routing,steps,variables}/**/*.test.ts",
    ],
    env: neutralEnvironment,
    pool: "forks",
    // Their files share what they load: nothing in them changes a module.
    isolate: false,
    testTimeout: 60_000,
  },
});
