import { describe, expect, it } from "vitest";
import { configDigest } from "../../src/config/file/config-digest.ts";

const SHARED = `git:
  github: { webhook_secret: "\${SECRET}" }
fraises:
  api: { type: api }
`;

const digestWith = (local: string): string => configDigest(`${local}${SHARED}`);

describe("the digest of fraises.yaml", () => {
  it("is equal on hosts whose own sections differ", () => {
    const web1 =
      'server:\n  name: web1\n  # the first\n  labels: [web]\nstore: { url: "postgres://web1@db/fraisier" }\n';
    const web2 = '"server": { name: web2 }\nstore:\n  url: postgres://web2@db/fraisier\n';
    expect(digestWith(web1)).toBe(digestWith(web2));
    expect(digestWith(web1)).toBe(configDigest(SHARED));
    expect(digestWith(web1)).toMatch(/^[0-9a-f]{12}$/);
  });

  it("is another one if anything else differs, before or behind those sections", () => {
    const server = "server: { name: web1 }\n";
    const digests = [
      digestWith(server),
      configDigest(`name: shop\n${server}${SHARED}`),
      configDigest(`${server}${SHARED}name: shop\n`),
      configDigest(`${server}${SHARED.replace("type: api", "type: etl")}`),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });
});
