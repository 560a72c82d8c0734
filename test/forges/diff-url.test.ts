import { describe, expect, it } from "vitest";
import type { Change } from "../../src/forges/forge.ts";
import { forges } from "../../src/forges/index.ts";

const FROM = "a".repeat(40);
const TO = "b".repeat(40);

function urlOf(name: string, change: Partial<Change> = {}): string | undefined {
  const forge = forges.find((each) => each.name === name);
  const base = forge?.baseUrl ?? "https://code.example.com/";
  return forge?.diffUrl({ base, repository: "acme/shop", from: FROM, to: TO, ...change });
}

describe("the page of a forge that shows a change", () => {
  it("compares two revisions", () => {
    expect(urlOf("github")).toBe(`https://github.com/acme/shop/compare/${FROM}...${TO}`);
    expect(urlOf("gitea")).toBe(`https://code.example.com/acme/shop/compare/${FROM}...${TO}`);
    expect(urlOf("gitlab", { repository: "acme/group/shop" })).toBe(
      `https://gitlab.com/acme/group/shop/-/compare/${FROM}...${TO}`,
    );
    expect(urlOf("bitbucket")).toBe(`https://bitbucket.org/acme/shop/branches/compare/${TO}%0D${FROM}`);
    expect(urlOf("bitbucket", { base: "https://git.example.com/bitbucket", repository: "SHOP/api" })).toBe(
      `https://git.example.com/bitbucket/projects/SHOP/repos/api/compare/diff?sourceBranch=${TO}&targetBranch=${FROM}`,
    );
    expect(urlOf("git")).toBeUndefined();
  });

  it("shows the commit alone if nothing ran before", () => {
    const from = undefined;
    expect(urlOf("github", { from })).toBe(`https://github.com/acme/shop/commit/${TO}`);
    expect(urlOf("gitea", { from })).toBe(`https://code.example.com/acme/shop/commit/${TO}`);
    expect(urlOf("gitlab", { from })).toBe(`https://gitlab.com/acme/shop/-/commit/${TO}`);
    expect(urlOf("bitbucket", { from })).toBe(`https://bitbucket.org/acme/shop/commits/${TO}`);
    expect(urlOf("bitbucket", { from, base: "https://git.example.com", repository: "SHOP/api" })).toBe(
      `https://git.example.com/projects/SHOP/repos/api/commits/${TO}`,
    );
  });

  it("keeps every part of a hostile repository's name in its place, and shows no password", () => {
    for (const { name } of forges.filter((each) => each.name !== "git")) {
      const hostile = urlOf(name, { repository: 'acme/"><script>?a=b#c\\..', base: "https://ann:secret@example.com" });
      expect(hostile, name).toMatch(/^https:\/\/example\.com\/[\w%./-]+(\?sourceBranch=b+&targetBranch=a+)?$/);
      expect(hostile, name).not.toContain("secret");
      for (const repository of ["../../evil", "acme/..", "acme//shop", ""])
        expect(urlOf(name, { repository }), `${name} ${repository}`).toBeUndefined();
      expect(urlOf(name, { base: "javascript:alert(1)" }), name).toBeUndefined();
      expect(urlOf(name, { base: "ssh://git@example.com" }), name).toBeUndefined();
    }
  });
});
