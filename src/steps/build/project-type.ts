/** Files at the root of a repository that tell what it is made with, the more telling ones first. */
const SIGNS: readonly (readonly [type: string, sign: RegExp])[] = [
  ["node", /^package\.json$/],
  ["python", /^(pyproject\.toml|setup\.py|requirements\.txt|Pipfile|manage\.py)$/],
  ["ruby", /^Gemfile$/],
  ["php", /^composer\.json$/],
  ["go", /^go\.mod$/],
  ["rust", /^Cargo\.toml$/],
  ["java", /^(pom\.xml|build\.gradle(\.kts)?)$/],
  ["dotnet", /\.(csproj|fsproj|sln)$/],
  ["elixir", /^mix\.exs$/],
  ["static", /^index\.html$/],
];

/**
 * The kind of a project by the names at the root of its repository: `node`, or `python, node` if there are signs of both; undefined if no sign is known. Pure.
 */
export function projectType(names: readonly string[]): string | undefined {
  const found = SIGNS.filter(([, sign]) => names.some((name) => sign.test(name))).map(([type]) => type);
  // An index.html beside the sources of a program belongs to that program.
  const telling = found.length > 1 ? found.filter((type) => type !== "static") : found;
  return telling.length === 0 ? undefined : telling.join(", ");
}
