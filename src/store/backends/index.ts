import type { Backend } from "./backend.ts";
import { postgres } from "./postgres.ts";
import { sqlite } from "./sqlite.ts";

export const backends: readonly Backend[] = [sqlite, postgres];
