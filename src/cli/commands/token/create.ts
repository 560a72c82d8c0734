import type { Config } from "../../../config/config.ts";
import type { Scope } from "../../../domain/api-token.ts";
import { UsageError } from "../../../domain/errors.ts";
import { newId } from "../../../domain/id.ts";
import { newTokenText } from "../../../tokens/token-text.ts";
import { expiryOf } from "../../arguments/expiry.ts";
import type { Invocation } from "../../command-entry.ts";
import { person } from "../../person.ts";
import { tokenJson } from "../../print/token-json.ts";
import { guess } from "../../../actions/targets/no-such-target.ts";
import { withReader } from "../../../compose/with-store.ts";

interface Options {
  readonly name?: string;
  readonly scope?: Scope;
  readonly fraise: readonly string[];
  readonly environment: readonly string[];
  readonly expires: string;
}

/** `fraisier token create`: makes a token of the HTTP API, and prints it for the only time. */
export async function run({ options, print }: Invocation<Options>): Promise<number> {
  const { name, scope, fraise: fraises, environment: environments } = options;
  if (name === undefined || !/^[a-z0-9][\w.-]{0,63}$/i.test(name))
    throw new UsageError("a token needs a name: letters, digits, dots and dashes, at most 64", { hint: "--name ci" });
  if (scope === undefined)
    throw new UsageError("a token needs a scope", { hint: "--scope read, --scope deploy or --scope admin" });
  const expiresAt = expiryOf(options.expires, new Date());
  return await withReader(options.config, async ({ config, store }) => {
    refuseUnknown(config, "fraise", fraises);
    refuseUnknown(config, "environment", environments);
    const id = newId();
    const { text, hash } = newTokenText(id);
    const [createdAt, createdBy] = [new Date().toISOString(), person()];
    const token = { id, name, scope, fraises, environments, createdAt, createdBy, expiresAt };
    if (!(await store.tokens.create({ ...token, hash })))
      throw new UsageError(`there is a token called ${name} already`, {
        hint: `fraisier token revoke ${name}, or another --name.`,
      });
    if (print.isJson) {
      print.json({ token: text, ...tokenJson(token) });
      return 0;
    }
    print.line(text);
    print.line(
      `This is token ${name} (${id}). It is shown only this once: keep it where the program that uses it reads it.`,
    );
    print.line(expiresAt === undefined ? "It does not expire." : `It works until ${expiresAt}.`);
    return 0;
  });
}

/** A name with a typing mistake would make a token that opens nothing. @throws UsageError */
function refuseUnknown({ file, targets }: Config, part: "fraise" | "environment", names: readonly string[]): void {
  const known = [...new Set(targets.map((each) => each[part]))];
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new UsageError(`${file} has no ${part} ${name}`, {
      hint: `${guess(name, known)}It has ${known.join(", ") || "no fraise at all"}.`,
    });
  }
}
