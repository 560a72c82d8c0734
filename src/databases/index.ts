import { command } from "./command.ts";
import type { MigrationTool } from "./migration-tool.ts";

/** Every migration tool fraisier speaks to. */
export const migrationTools: readonly MigrationTool[] = [command];
