/** What a fraises.yaml must have at a place, beside what a fragment says there. */
const DEFAULTS: readonly {
  readonly depth: number;
  readonly keys: (path: readonly string[]) => Record<string, string>;
}[] = [
  { depth: 0, keys: () => ({ git: '{ github: { webhook_secret: "${GITHUB_WEBHOOK_SECRET}" } }' }) },
  { depth: 2, keys: ([, name = ""]) => ({ type: "api", repository: `acme/${name}` }) },
  { depth: 4, keys: ([, name = ""]) => ({ branch: "main", app_path: `/srv/${name}` }) },
];
const TOP = "top level";
const MINIMAL =
  "{ api: { type: api, repository: acme/api, environments: { production: { branch: main, app_path: /srv/api } } } }";

/**
 * A whole fraises.yaml around a fragment of one. The place is `top level`, or a path such as `fraises.api.environments.production`: the keys between are
 * made, and what a fraise or an environment cannot do without is added unless the fragment says it.
 */
export function completeFragment(text: string, place: string): string {
  const path = place === TOP ? [] : place.split(".");
  const own = new Set([...text.matchAll(/^([\w-]+):/gm)].map(([, key]) => key));
  const lines: string[] = [];
  for (let depth = 0; depth <= path.length; depth += 1) {
    const indent = "  ".repeat(depth);
    const isOwn = depth === path.length;
    const defaults = DEFAULTS.find((each) => each.depth === depth)?.keys(path) ?? {};
    for (const [key, value] of Object.entries(defaults))
      if (!(isOwn && own.has(key)) && path[depth] !== key) lines.push(`${indent}${key}: ${value}`);
    if (isOwn) lines.push(text.replaceAll(/^(?=.)/gm, indent));
    else lines.push(`${indent}${path[depth]}:`);
  }
  if (path.length === 0 && !own.has("fraises")) lines.push(`fraises: ${MINIMAL}`);
  return lines.join("\n");
}
