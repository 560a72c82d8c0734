import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MigrationState } from "../../src/databases/migration-state.ts";
import { migrationScene } from "../helpers/migrations.ts";

/** What people and deployments take back. */
const applied = (states: readonly MigrationState[]): readonly MigrationState[] =>
  states.filter(({ state }) => state !== "pending");

describe("commands without a status", () => {
  it("run each time, as nobody says what is applied, and are taken back by `down`", async () => {
    const { migrator, states, record, folder, log } = await migrationScene(
      { tool: "command", up: "echo up >> done; echo hello", down: 'echo "down $FRAISIER_MIGRATIONS" >> done' },
      undefined,
    );
    expect(await states()).toEqual(["all unknown"]);
    await migrator().apply();
    await migrator().apply();
    expect(await migrator().takeBack(applied)).toHaveLength(1);
    expect(await states()).toEqual(["all pending"]);
    expect(await migrator().takeBack(applied)).toEqual([]);
    expect(readFileSync(join(folder, "done"), "utf8")).toBe("up\nup\ndown all\n");
    expect(await record()).toEqual(["all success", "all rolled_back"]);
    expect(log).toContain("hello");
    expect(log.join("\n")).toContain("only deployments of this machine exclude each other: database.url is not given");
  });

  it("have no way back without `down`, and tell a failure with its last words", async () => {
    const { migrator, record, folder } = await migrationScene(
      { tool: "command", up: "echo no such table >&2; exit 3" },
      undefined,
    );
    await expect(migrator().apply()).rejects.toThrow("migrating up: ended with exit code 3: no such table");
    expect(await record()).toEqual(["all failed"]);
    await expect(migrator().takeBack(applied)).rejects.toThrow("all cannot be taken back");
    expect(existsSync(join(folder, "done"))).toBe(false);
  });

  it("are taken back again once they ran again, and after a way back that failed", async () => {
    const { migrator, folder, files } = await migrationScene(
      { tool: "command", up: "echo up >> done", down: "echo down >> done; test ! -e stuck" },
      undefined,
    );
    files({ stuck: "" });
    await migrator().apply();
    await expect(migrator().takeBack(applied)).rejects.toThrow("all could not be taken back");
    files({ stuck: null });
    await migrator().takeBack(applied);
    await migrator().apply();
    await migrator().takeBack(applied);
    expect(readFileSync(join(folder, "done"), "utf8")).toBe("up\ndown\ndown\nup\ndown\n");
  });

  it("may have more migrations than fit into a message", async () => {
    const status = `seq -f '+ migration_%0150g' 8000`;
    const { states } = await migrationScene({ tool: "command", up: "true", status }, undefined);
    const found = await states();
    expect(found).toHaveLength(8_000);
    expect(found.at(-1)).toMatch(/^migration_0+8000 applied$/);
  });

  it("are ended when they take too long", async () => {
    const { migrator } = await migrationScene({ tool: "command", up: "sleep 60", timeout: 300 }, undefined);
    await expect(migrator().apply()).rejects.toThrow("it took longer than 0.3 s");
  });
});
