import { UsageError } from "../../../domain/errors.ts";
import { refuseEmpty } from "../../../actions/refuse-empty.ts";
import type { Invocation } from "../../command-entry.ts";
import { person } from "../../person.ts";
import { tokenJson } from "../../print/token-json.ts";
import { guess } from "../../../actions/targets/no-such-target.ts";
import { withReader } from "../../../compose/with-store.ts";

/** `fraisier token revoke <name or id>`: from the next request on, the token opens nothing. */
export async function run({ args, options, print }: Invocation): Promise<number> {
  const [typed] = args;
  refuseEmpty(typed, "token", "fraisier token list shows them.");
  return await withReader(options.config, async ({ store }) => {
    const tokens = await store.tokens.list();
    const left = tokens.filter(({ revokedAt }) => revokedAt === undefined);
    const token =
      left.find(({ name }) => name === typed) ?? tokens.find(({ id, name }) => id === typed || name === typed);
    if (token === undefined)
      throw new UsageError(`there is no token ${typed}`, {
        hint: `${guess(
          typed,
          left.map(({ name }) => name),
        )}fraisier token list shows them.`,
      });
    if (!(await store.tokens.revoke(token, person())))
      throw new UsageError(`token ${token.name} (${token.id}) is revoked already`, {
        hint: "fraisier token list says since when.",
      });
    if (print.isJson) print.json({ revoked: tokenJson(token) });
    else print.line(`token ${token.name} (${token.id}) is revoked: it opens nothing any more`);
    return 0;
  });
}
