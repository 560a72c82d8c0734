/** The verbs that a command of a repository may ask for, by unit. */
export type AllowedUnits = Readonly<Record<string, readonly string[]>>;

/** A call of systemctl(1) that may be made, or why not. */
export type UnitRequest = { readonly argv: readonly string[] } | { readonly refusal: string };

/** They change nothing, and are allowed for every unit that is named. */
const QUESTIONS: ReadonlySet<string> = new Set(["is-active", "is-failed"]);
/** Options that change neither what is done nor to which unit. */
const OPTIONS: ReadonlySet<string> = new Set([
  "--quiet",
  "-q",
  "--no-block",
  "--no-pager",
  "--no-ask-password",
  "--system",
]);

/** Pure: the words after `systemctl`, as a command in the sandbox wrote them, turned into a call that does only what is allowed. */
export function unitRequest(words: readonly string[], allowed: AllowedUnits): UnitRequest {
  const options = words.filter((word) => word.startsWith("-"));
  const unknown = options.find((option) => !OPTIONS.has(option));
  if (unknown !== undefined) return { refusal: `the option ${unknown} is not known in the sandbox` };
  const [verb, ...names] = words.filter((word) => !word.startsWith("-"));
  if (verb === undefined || names.length === 0)
    return { refusal: "name a verb and a unit: systemctl restart shop.service" };
  const units = names.map((name) => (/\.(service|socket|timer|target|path)$/.test(name) ? name : `${name}.service`));
  for (const unit of units) {
    const verbs = Object.hasOwn(allowed, unit) ? allowed[unit] : undefined;
    if (verbs === undefined || !(QUESTIONS.has(verb) || verbs.includes(verb))) {
      return {
        refusal: `this target may not ${verb} ${unit}; in fraises.yaml: allow: { units: { ${unit}: [${verb}] } }`,
      };
    }
  }
  const harmless = options.filter((option) => option !== "--system");
  return { argv: ["systemctl", "--no-ask-password", "--no-pager", ...harmless, verb, "--", ...units] };
}
