import { isNode, isPair, isScalar, isSeq, visit } from "yaml";
import type { Document } from "yaml";
import { UsageError } from "../../domain/errors.ts";

/** @throws UsageError if a node on the way to a place has an anchor that is used elsewhere: a change would show there too. */
export function refuseShared(document: Document, path: readonly string[]): void {
  for (let length = 1; length <= path.length; length++) {
    const node = document.getIn(path.slice(0, length), true);
    if (!isNode(node) || !("anchor" in node) || node.anchor === undefined) continue;
    const { anchor } = node;
    visit(document, {
      Alias(key, alias, parents) {
        // An anchor may be defined twice: an alias stands for the last definition before it.
        if (alias.source !== anchor || alias.resolve(document) !== node) return;
        const [here, there] = [path.slice(0, length).join("."), placeOf(key, parents)];
        throw new UsageError(
          `${here} (&${anchor}) is what ${there} (*${anchor}) stands for: a change here would change that too`,
          { hint: `Write out at ${there} what *${anchor} means first; nothing was written.` },
        );
      },
    });
  }
}

/** `fraises.shop.branches.1`, from what the visitor says. */
function placeOf(key: unknown, parents: readonly unknown[]): string {
  const names = parents.flatMap((parent, index): readonly string[] => {
    if (isPair(parent)) return [isScalar(parent.key) ? String(parent.key.value) : "?"];
    const child = parents[index + 1];
    if (isSeq(parent)) return [String(child === undefined ? key : parent.items.indexOf(child))];
    return [];
  });
  return names.join(".");
}
