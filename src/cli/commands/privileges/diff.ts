import type { Invocation } from "../../command-entry.ts";
import { differences } from "../../machine/installed-privileges.ts";
import { tellDifference } from "../../machine/tell-difference.ts";
import { wantedPrivileges } from "../../machine/wanted-privileges.ts";
import type { PrivilegeOptions } from "../../machine/wanted-privileges.ts";

/** `fraisier privileges diff`: exits with 1 if something is not as fraises.yaml needs it. */
export async function run({ options, print }: Invocation<PrivilegeOptions>): Promise<number> {
  const wanted = await wantedPrivileges(options);
  return tellDifference(wanted, { diff: await differences(wanted.files), written: false }, print);
}
