import { defineConfig } from "vitest/config";
import { neutralEnvironment } from "./test/helpers/neutral-environment.ts";

/** The package as people install it: each test file boots a bare Debian root of its own (scripts/systemd-sandbox.sh --root). */
export default defineConfig({
  test: {
    globalSetup: ["test/installed/global-setup.ts"],
    include: ["test/installed/**/*.test.ts", "test/docs/pages/**/*.test.ts"],
    env: neutralEnvironment,
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 360_000,
    expect: { poll: { timeout: 180_000 } },
    hookTimeout: 360_000,
  },
});
