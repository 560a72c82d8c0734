import { defineConfig } from "vitest/config";
import { neutralEnvironment } from "./test/helpers/neutral-environment.ts";

/** Rules that need neither the built program nor a process of their own: they are checked in a few seconds, after each change. */
export default defineConfig({
  test: {
    include: [
      "test/{architecture,prose}.test.ts",
      "test/scripts/test-report.test.ts",
      "test/{config,deployers,domain,forges,http,pipeline,queue,routing,schedule,steps,sweep,variables,store}/**/*.test.ts",
    ],
    env: neutralEnvironment,
    testTimeout: 60_000,
  },
});
