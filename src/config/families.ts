import type { Check } from "../checks/check.ts";
import type { Deployer } from "../deployers/deployer.ts";
import type { MigrationTool } from "../databases/migration-tool.ts";
import type { Forge } from "../forges/forge.ts";
import type { ServiceManager } from "../service-managers/service-manager.ts";

/** The families a configuration may name. */
export interface Families {
  readonly deployers: readonly Pick<Deployer, "type" | "settings" | "hasJobs" | "keys">[];
  readonly checks: readonly Pick<Check, "type" | "timeoutMs" | "settings" | "complaint">[];
  readonly forges: readonly (Pick<Forge, "name" | "baseUrl" | "secretKeys" | "signingTokenKeys"> & {
    /** Names of products that send the deliveries of this forge: `forgejo`. */
    readonly products: readonly string[];
  })[];
  readonly migrationTools: readonly Pick<MigrationTool, "name" | "settings" | "needsUrl">[];
  readonly serviceManagers: readonly Pick<ServiceManager, "name" | "settings" | "keepsOutput">[];
}
