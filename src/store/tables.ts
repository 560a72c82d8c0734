import type { ChangeTables } from "./tables/change-tables.ts";
import type { DatabaseTables } from "./tables/database-tables.ts";
import type { DeliveryTables } from "./tables/delivery-tables.ts";
import type { DeploymentTables } from "./tables/deployment-tables.ts";
import type { JournalTables } from "./tables/journal-tables.ts";
import type { RequestTables } from "./tables/request-tables.ts";
import type { TallyTables } from "./tables/tally-tables.ts";
import type { TargetTables } from "./tables/target-tables.ts";
import type { UpkeepTables } from "./tables/upkeep-tables.ts";
import type { VariableTables } from "./tables/variable-tables.ts";
import type { VerificationTables } from "./tables/verification-tables.ts";

/** `tb_*` are written, `v_*` are read. Times are ISO-8601 UTC text; JSON is text; booleans are 0 or 1. */
export interface Tables
  extends
    ChangeTables,
    DatabaseTables,
    DeliveryTables,
    DeploymentTables,
    JournalTables,
    RequestTables,
    TallyTables,
    TargetTables,
    UpkeepTables,
    VariableTables,
    VerificationTables {}
