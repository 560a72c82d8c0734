import { parseAst } from "rolldown/parseAst";

/** A text for people, and the line of the file in which it begins. */
export interface Prose {
  readonly line: number;
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Comments, and strings of at least three words on a single line, of a TypeScript file. Names of tests are strings, too. */
export function proseOf(
  file: string,
  code: string,
): { readonly comments: readonly Prose[]; readonly strings: readonly Prose[] } {
  const strings: Prose[] = [];
  const masked = code.split("");
  const lineAt = (offset: number): number => code.slice(0, offset).split("\n").length;
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) return value.forEach(visit);
    const node = value as Node;
    const text = textOf(node);
    if (text !== undefined && /^\S+ \S+ .*\S$/.test(text)) strings.push({ line: lineAt(node.start), text });
    if (node.type === "Literal" || node.type === "TemplateElement") masked.fill(" ", node.start, node.end);
    for (const child of Object.values(value)) visit(child);
  };
  visit(parseAst(code, { lang: "ts" }, file));
  const rest = masked.join("");
  const comments = [...rest.matchAll(/\/\*[\s\S]*?\*\/|(?:^[ \t]*\/\/.*\n)+|\/\/.*/gm)].map(({ 0: found, index }) => ({
    line: lineAt(index),
    text: found
      .replace(/^\/\*+|\*\/$/g, "")
      .replace(/^[ \t]*(?:\/\/|\*)/gm, "")
      .replace(/\s+/g, " ")
      .trim(),
  }));
  return { comments: comments.filter(({ text }) => !/^(?:ox|es)lint-/.test(text)), strings };
}

function textOf(node: Node): string | undefined {
  if (node.type === "Literal") {
    const { value } = node as Node & { readonly value: unknown };
    return typeof value === "string" ? value : undefined;
  }
  if (node.type !== "TemplateLiteral") return undefined;
  const { quasis } = node as Node & { readonly quasis: readonly { readonly value: { readonly cooked?: string } }[] };
  return quasis.map(({ value }) => value.cooked ?? "").join("…");
}
