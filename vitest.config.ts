import { defineConfig } from "vitest/config";
import { neutralEnvironment } from "./test/helpers/neutral-environment.ts";

/** Everything but what needs a systemd of its own: vitest.systemd.config.ts. */
export default defineConfig({
  test: {
    globalSetup: ["test/global-setup.ts"],
    include: ["test/**/*.test.ts"],
    exclude: ["test/systemd/**"],
    env: neutralEnvironment,
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
