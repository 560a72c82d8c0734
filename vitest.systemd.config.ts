import { defineConfig } from "vitest/config";
import { neutralEnvironment } from "./test/helpers/neutral-environment.ts";

/** Run inside scripts/systemd-sandbox.sh: a real systemd is PID 1 there. */
export default defineConfig({
  test: {
    globalSetup: ["test/global-setup.ts"],
    include: ["test/systemd/**/*.test.ts", "test/contracts/service-manager.contract.test.ts"],
    env: { ...neutralEnvironment, FRAISIER_TEST_SYSTEMD: "1" },
    pool: "forks",
    fileParallelism: false,
    testTimeout: 360_000,
    expect: { poll: { timeout: 180_000 } },
    hookTimeout: 360_000,
  },
});
