import { describe, expect, it } from "vitest";
import type { SandboxSettings } from "../../src/config/keys/sandbox-settings.ts";
import { hiddenDatabase } from "../../src/databases/hidden-database.ts";

const hidden = (url: string, allow: Partial<SandboxSettings["allow"]> = {}, tool = "sql"): string | undefined =>
  hiddenDatabase(url, {
    sandbox: {
      mode: "auto",
      network: "on",
      cache: [],
      credentials: {},
      allow: { sockets: [], paths: [], devices: [], units: {}, ...allow },
    },
    folders: ["/srv/shop/shared"],
    tool,
  })?.hint;

describe("a database that migrations in the sandbox cannot reach", () => {
  it("is one behind a socket that `allow` does not name", () => {
    expect(hidden("postgresql:///shop")).toContain("allow: { sockets: [/run/postgresql] }");
    expect(hidden("postgresql:///shop?host=/srv/pg")).toContain("sockets: [/srv/pg]");
    expect(hidden("postgresql:///shop", { sockets: ["/var/run/postgresql"] })).toBe(undefined);
    expect(hidden("postgresql:///shop", { sockets: ["/run/postgresql/.s.PGSQL.5432"] })).toBe(undefined);
    expect(hidden("postgresql://u:p@127.0.0.1/shop")).toBe(undefined);
    expect(hidden("mysql://u:p@localhost/shop")).toContain("allow: { sockets: [/run/mysqld/mysqld.sock] }");
    expect(hidden("mysql://u:p@localhost/shop?socket=/srv/my.sock")).toContain("sockets: [/srv/my.sock]");
    expect(hidden("mysql://u:p@localhost/shop?socket=/srv/my.sock", { sockets: ["/srv/my.sock"] })).toBe(undefined);
  });

  it("is none behind an address, or behind a socket of which the place is not known", () => {
    expect(hidden("mysql://u:p@127.0.0.1/shop")).toBe(undefined);
    expect(hidden("mysql://u:p@localhost:3306/shop")).toBe(undefined);
    expect(hidden("mysql://u:p@localhost/shop", { sockets: ["/var/lib/mysql/mysql.sock"] })).toBe(undefined);
    expect(hidden("mysql://u:p@localhost/shop", {}, "knex")).toBe(undefined);
  });

  it("is a file that lies neither in `shared` nor in a writable path", () => {
    expect(hidden("sqlite:/var/lib/shop/shop.db")).toContain("path: /var/lib/shop, writable: true");
    expect(hidden("sqlite:/srv/shop/shared/data/shop.db")).toBe(undefined);
    expect(hidden("sqlite:/srv/shop/shared-other/shop.db")).toContain("shared-other");
    expect(hidden("sqlite:/var/lib/shop/shop.db", { paths: [{ path: "/var/lib/shop", writable: false }] })).toContain(
      "writable: true",
    );
    expect(hidden("sqlite:/var/lib/shop/shop.db", { paths: [{ path: "/var/lib/shop", writable: true }] })).toBe(
      undefined,
    );
  });
});
