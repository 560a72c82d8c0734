import type { Backend } from "./backend.ts";
import { sqlite } from "./sqlite.ts";

export const backends: readonly Backend[] = [sqlite];
