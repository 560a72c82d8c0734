import type { Invocation } from "../../command-entry.ts";
import { harmless } from "../../../domain/harmless.ts";
import { tokenJson } from "../../print/token-json.ts";
import { withReader } from "../../../compose/with-store.ts";

/** `fraisier token list`: every token, with its last use. */
export async function run({ options, print }: Invocation): Promise<number> {
  return await withReader(options.config, async ({ store }) => {
    const tokens = await store.tokens.list();
    if (print.isJson) {
      print.json({ tokens: tokens.map((token) => ({ ...tokenJson(token), state: token.state })) });
      return 0;
    }
    if (tokens.length === 0) {
      print.line("There are no tokens: fraisier token create makes one.");
      return 0;
    }
    print.table(
      ["ID", "NAME", "STATE", "SCOPE", "FOR", "LAST USED", "EXPIRES", "CREATED", "BY"],
      tokens.map((token) => [
        token.id,
        token.name,
        token.state,
        token.scope,
        [token.fraises.join(",") || "every fraise", ...token.environments].join(" "),
        token.lastUsedAt === undefined ? "never" : print.time(token.lastUsedAt),
        token.expiresAt === undefined ? "never" : print.time(token.expiresAt),
        print.time(token.createdAt),
        harmless(token.createdBy),
      ]),
    );
    return 0;
  });
}
