import { isAbsolute, normalize } from "node:path";
import { z } from "zod";
import type { Source } from "../secrets/secrets.ts";
import { resolveSource } from "../secrets/secrets.ts";
import type { Blame } from "../secrets/secrets.ts";
import type { Variables } from "../file/variables.ts";
import { means } from "./means.ts";
import { rangeProblem } from "../../domain/addresses.ts";
import { ConfigError } from "../../domain/errors.ts";

/** A scalar of fraises.yaml that is not plain text: it names variables or a file. It stands in the data until a field says how it is used. */
export class Reference {
  readonly source: Source;
  readonly blame: Blame;

  constructor(source: Source, blame: Blame) {
    this.source = source;
    this.blame = blame;
  }
}

/** A secret as the schema gives it on: its source and place, to be made a Secret by whoever knows the environment. */
export interface SecretField {
  readonly source: Source;
  /** Undefined for plain text: nothing about it can be missing. */
  readonly blame: Blame | undefined;
}

export function isSecretField(value: unknown): value is SecretField {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "source") && Object.hasOwn(value, "blame");
}

/** The builders of keys for the schema and the members of families. */
export type Fields = ReturnType<typeof fields>;

/** The kinds of values fraises.yaml holds. Plain texts that name `variables` are resolved at once, by those of that moment. */
export function fields(variables: () => Variables) {
  const text = z
    .union([z.string().min(1), z.custom<Reference>((value) => value instanceof Reference)])
    .transform((value, context) => {
      if (typeof value === "string") return value;
      try {
        return resolveSource(value.source, variables(), value.blame);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        context.addIssue({ code: "custom", message: error.problems[0]?.message ?? error.message });
        return z.NEVER;
      }
    });
  const secret = z
    .union([z.string().min(1, "a secret is never empty"), z.custom<Reference>((value) => value instanceof Reference)])
    .transform((value): SecretField =>
      typeof value === "string"
        ? { source: { kind: "text", text: value }, blame: undefined }
        : { source: value.source, blame: value.blame },
    );
  // A shell line keeps its ${VARIABLES}: they belong to the shell that runs it.
  const line = z
    .union([z.string().min(1), z.custom<Reference>((value) => value instanceof Reference)])
    .transform((value, context) => {
      if (typeof value === "string") return value;
      if (value.source.kind === "text") return value.source.text;
      context.addIssue({ code: "custom", message: "a command cannot be a secret" });
      return z.NEVER;
    });
  const command = z.union([line, z.array(line).min(1)]);
  // `python3 -u` and [python3, -u] are the same here: no shell reads it.
  const words = z.union([text.transform((value) => value.split(/\s+/).filter(Boolean)), z.array(text).min(1)]);
  const innerPath = text.transform((value, context) => {
    const path = normalize(value);
    if (!isAbsolute(path) && path !== "." && !path.startsWith("..") && !path.endsWith("/")) return path;
    context.addIssue({ code: "custom", message: `"${value}" must be a file below the root of the repository` });
    return z.NEVER;
  });
  const addressRange = text.transform((value, context) => {
    const problem = rangeProblem(value);
    if (problem === undefined) return value;
    context.addIssue({ code: "custom", message: problem });
    return z.NEVER;
  });
  // Titles are how people call a kind of value, in editors and in the documentation.
  return {
    text,
    secret: secret.meta({ title: "secret" }),
    command: command.meta({ title: "command" }),
    duration: duration.meta({ title: "duration" }),
    bound: duration
      .refine((ms) => ms > 0, "a bound of nothing would end everything at once: it must be longer than 0")
      .meta({ title: "duration" }),
    size: size.meta({ title: "size" }),
    words,
    innerPath,
    addressRange,
    whole: z.int().min(0),
    listOf,
    means,
  };
}

/** A single value, or a list of values. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z.union([item, z.array(item)]).transform((value) => [value].flat() as z.output<Item>[]);
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const UNITS_BYTES: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** `500ms`, `30s`, `20m`, `2h`, `1d`, or a number of seconds; gives milliseconds. */
const duration = z.union([z.number().min(0), z.string()]).transform((value, context) => {
  if (typeof value === "number") return Math.round(value * 1000);
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(value.trim()) ?? [];
  if (digits !== undefined) return Math.round(Number(digits) * (UNITS_MS[unit] ?? 1));
  context.addIssue({ code: "custom", message: `"${value}" is not a duration: write 500ms, 30s, 20m, 2h or 1d` });
  return z.NEVER;
});

/** `512MB`, `1GiB`, or a number of bytes; gives bytes. */
const size = z.union([z.int().min(0), z.string()]).transform((value, context) => {
  if (typeof value === "number") return value;
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([KMGT]?i?B)$/i.exec(value.trim()) ?? [];
  const factor = UNITS_BYTES[unit.toUpperCase()];
  if (digits !== undefined && factor !== undefined) return Math.round(Number(digits) * factor);
  context.addIssue({ code: "custom", message: `"${value}" is not a size: write 512MB or 1GiB` });
  return z.NEVER;
});
