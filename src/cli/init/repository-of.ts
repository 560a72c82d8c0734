import type { Forge } from "../../forges/forge.ts";

/** The facts about a repository that the URL of its remote shows. */
export interface RepositoryFacts {
  /** `owner/name` as the forge writes it. */
  readonly repository: string;
  /** The name of the forge or instance; undefined if the host is not one that tells. */
  readonly forge: string | undefined;
  /** Undefined if fraisier makes the same URL from forge and repository. */
  readonly cloneUrl: string | undefined;
}

/** Pure: reads `git@github.com:acme/shop.git`, `https://…`, `ssh://…` or a path; undefined for anything else. */
export function repositoryOf(
  remote: string,
  forges: readonly Forge[],
  baseUrls: Readonly<Record<string, string | undefined>> = {},
): RepositoryFacts | undefined {
  const url = withoutLogin(remote.trim());
  const path = url.replace(/^file:\/\//, "");
  if (path.startsWith("/")) return ofFolder(path);
  const [, host, rest] = /^(?:[a-z+]+:\/\/)?(?:[^@/]+@)?([^/:]+)(?::\d+)?[:/]\/?(.+)$/i.exec(url) ?? [];
  if (host === undefined || rest === undefined) return undefined;
  const repository = rest
    .replace(/\/$/, "")
    .replace(/\.git$/, "")
    .replace(/^scm\//, "");
  if (!repository.includes("/")) return undefined;
  const forge = forgeOf(host.toLowerCase(), forges, baseUrls);
  const base = baseUrls[forge ?? ""] ?? forges.find(({ name }) => name === forge)?.baseUrl;
  const isDefault = base !== undefined && url.replace(/\.git$/, "") === `${base}/${repository}`;
  return { repository, forge, cloneUrl: isDefault ? undefined : url };
}

/** A bare repository of this machine. */
function ofFolder(path: string): RepositoryFacts | undefined {
  const [, repository] = /([^/]+?)(?:\.git)?$/.exec(path.replace(/\/(\.git)?\/?$/, "")) ?? [];
  return repository === undefined ? undefined : { repository, forge: "git", cloneUrl: path };
}

/** The forge is known by the addresses that forges and instances have, else by the name of a product within the host name: gitlab.example.com. */
function forgeOf(
  host: string,
  forges: readonly Forge[],
  baseUrls: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const isAt = (url: string | undefined): boolean =>
    url !== undefined && URL.canParse(url) && new URL(url).hostname === host;
  const [instance] = Object.entries(baseUrls).find(([, url]) => isAt(url)) ?? [];
  const isCalledSo = ({ name, setup }: Forge): boolean =>
    name !== "git" && [name, ...setup.map((each) => each.name)].some((word) => host.includes(word));
  return instance ?? (forges.find(({ baseUrl }) => isAt(baseUrl)) ?? forges.find(isCalledSo))?.name;
}

/** A token that stands in the URL of a checkout does not belong into fraises.yaml. */
function withoutLogin(url: string): string {
  return url.replace(/^(https?:\/\/)[^/@]*@/i, "$1");
}
