interface Route {
  readonly method: string;
  readonly path: string;
}

/** The methods that a path takes; none if no route has this path. */
export function allowedMethods(routes: readonly Route[], path: string): readonly string[] {
  const asked = path.replace(/\/$/, "").split("/");
  const methods = routes
    .filter(({ method, path: pattern }) => method !== "ALL" && isLike(pattern.split("/"), asked))
    .map(({ method }) => method);
  if (methods.length === 0) return [];
  return [...new Set([...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"])];
}

/** Whether a path has as many parts as the pattern, and those that are no `:name` are equal. */
function isLike(pattern: readonly string[], asked: readonly string[]): boolean {
  return (
    pattern.length === asked.length && pattern.every((part, index) => part.startsWith(":") || part === asked[index])
  );
}
