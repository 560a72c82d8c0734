import type { Check } from "./check.ts";
import { command } from "./command.ts";
import { http } from "./http.ts";
import { links } from "./links.ts";
import { log } from "./log.ts";
import { service } from "./service.ts";
import { sql } from "./sql.ts";

/** Every kind of check that `verify:` may name. */
export const checks: readonly Check[] = [http, sql, command, service, links, log];
