import { defineConfig } from "vitest/config";
import { neutralEnvironment } from "./test/helpers/neutral-environment.ts";

/** Everything but the suites that need a systemd of their own: vitest.systemd.config.ts and vitest.installed.config.ts. */
export default defineConfig({
  test: {
    globalSetup: ["test/global-setup.ts"],
    include: ["test/**/*.test.ts"],
    exclude: ["test/systemd/**", "test/installed/**", "test/docs/pages/**"],
    env: neutralEnvironment,
    pool: "forks",
    // Scenarios wait for health checks, timers and the network a third of their time: three of them keep two cores busy.
    maxWorkers: 3,
    testTimeout: 360_000,
    expect: { poll: { timeout: 180_000 } },
    hookTimeout: 360_000,
  },
});
