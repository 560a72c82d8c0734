import { describe, expect, it } from "vitest";
import { postgresName, readPostgresUrl, withPassword } from "../../src/domain/postgres-url.ts";
import { secretValues, secretVariables } from "../../src/config/secrets/secrets.ts";
import { complaints, parse } from "../helpers/parse-fraises.ts";

describe("a URL of PostgreSQL", () => {
  it("is read as libpq reads it, with several hosts, ports and escapes", () => {
    expect(
      readPostgresUrl(
        "postgresql://ann:p%40ss%3Aword%2F1@db1.example.com,[2001:db8::1]:6432/shop?target_session_attrs=read-write&sslmode=verify-full&sslrootcert=/etc/ca.pem&port=5433",
      ),
    ).toMatchObject({
      hosts: [
        { host: "db1.example.com", port: 5433 },
        { host: "2001:db8::1", port: 6432 },
      ],
      user: "ann",
      password: "p@ss:word/1",
      database: "shop",
      tls: "verify-full",
      rootCertificate: "/etc/ca.pem",
    });
    expect(readPostgresUrl("postgres:///fraisier")).toMatchObject({
      hosts: [{ host: "/var/run/postgresql", port: 5432 }],
      user: undefined,
      password: undefined,
    });
  });

  it.each([
    ["postgres:fraisier", "write postgres://user@host/database"],
    ["postgres://db.example.com", "names no database"],
    ["postgres://db.example.com/x?sslmode=full", 'sslmode is "full": write one of disable, allow, prefer, require'],
    ["postgres://db.example.com/x?ssl=true", 'the parameter "ssl"'],
    ["postgres://db.example.com/x?target_session_attrs=standby", "fraisier needs a server that takes writes"],
    ["postgres://db.example.com:no/x", 'the port "no"'],
    ["postgres://db.example.com/100%", "write %25"],
    ["postgres://db.example.com/x?connect_timeout=soon", "connect_timeout is a number of seconds"],
  ])("is refused if it is %s", (url, message) => {
    expect(() => readPostgresUrl(url)).toThrow(message);
  });

  it("gets a password, loses it, and has a name without it", () => {
    const url = "postgres://ann:old@db.example.com:6432,db2/shop?sslmode=require";
    expect(withPassword(url, "p@/:1")).toBe("postgres://ann:p%40%2F%3A1@db.example.com:6432,db2/shop?sslmode=require");
    expect(withPassword(url, undefined)).toBe("postgres://ann@db.example.com:6432,db2/shop?sslmode=require");
    expect(withPassword("postgres:///shop", undefined)).toBe("postgres:///shop");
    expect(withPassword("sqlite:/x.db", "secret")).toBe("sqlite:/x.db");
    expect(postgresName(readPostgresUrl(url))).toBe("shop on db.example.com:6432, db2");
  });
});

describe("store.url of fraises.yaml", () => {
  it("takes the password from store.password, which is told to no command and printed nowhere", () => {
    const config = parse(
      'store:\n  url: "postgres://fraisier@db.example.com/${NAME}?sslmode=verify-full"\n  password: "${STORE_PASSWORD}"\n',
      { NAME: "fraisier", STORE_PASSWORD: "p@ss:word" },
    );
    expect(config.store.url.reveal()).toBe(
      "postgres://fraisier:p%40ss%3Aword@db.example.com/fraisier?sslmode=verify-full",
    );
    expect(config.deployment.state_directory).toBe("/var/lib/fraisier");
    expect(secretVariables(config)).toEqual(expect.arrayContaining(["NAME", "STORE_PASSWORD"]));
    expect(secretValues(config)).toEqual(expect.arrayContaining(["p%40ss%3Aword", "p@ss:word"]));
    expect(JSON.stringify(config)).not.toContain("word@");
  });

  it("is told at its line what is wrong with it", () => {
    expect(complaints('store:\n  url: "postgres://fraisier@db.example.com/fraisier?sslmod=require"\n')).toEqual([
      expect.stringMatching(/^2:8: store\.url cannot be used: it has the parameter "sslmod", which is not one of /),
    ]);
    expect(complaints('store:\n  keep_logs_days: 9\n  password: "${PASSWORD}"\n', { PASSWORD: "x" })).toEqual([
      "3:13: only a store on PostgreSQL has a password: store.url names another one",
    ]);
    expect(complaints("store:\n  patience: 5m\n")).toEqual([
      "2:13: only a store on PostgreSQL has a patience: store.url names another one",
    ]);
    const direct = (url: string): string =>
      `store:\n  url: "postgres://fraisier@pooler/fraisier"\n  direct_url: "${url}"\n`;
    expect(complaints(direct("postgres://fraisier:secret@db.example.com/fraisier"))).toEqual([
      "3:15: store.direct_url cannot be used: it has a password: write that in store.password",
    ]);
    expect(complaints(direct("postgres://db.example.com"))).toEqual([
      expect.stringMatching(/^3:15: store\.direct_url cannot be used: it names no database/),
    ]);
    expect(complaints('store:\n  direct_url: "postgres://db.example.com/fraisier"\n')).toEqual([
      "2:15: only a store on PostgreSQL has a direct_url: store.url names another one",
    ]);
  });

  it("is waited for by runners for ten minutes, or as long as store.patience says", () => {
    const url = 'url: "postgres://db.example.com/fraisier"';
    expect(parse(`store: { ${url} }\n`).store.patience).toBe(600_000);
    expect(parse(`store: { ${url}, patience: 90s }\n`).store.patience).toBe(90_000);
  });

  it("leads to the server itself, too, with the same user and password, if it names a pooler", () => {
    const { store } = parse(
      'store:\n  url: "postgres://ann@pooler:6432/shop?sslmode=disable"\n  direct_url: "postgres://db/shop?sslmode=require"\n  password: "${PASSWORD}"\n',
      { PASSWORD: "p@ss" },
    );
    const url = store.url.reveal();
    expect(readPostgresUrl(url)).toMatchObject({
      hosts: [{ host: "pooler", port: 6432 }],
      direct: { hosts: [{ host: "db", port: 5432 }], user: "ann", password: "p@ss", tls: "require" },
    });
    expect(withPassword(url, undefined)).not.toContain("p%40ss");
    expect(readPostgresUrl("postgres://ann@db/shop").direct).toBeUndefined();
  });

  it("waits for a variable that is not set yet until the store is opened", () => {
    const config = parse('store: { url: "postgres://db.example.com/${NAME}" }\n');
    expect(() => config.store.url.reveal()).toThrow("the environment variable NAME is not set");
  });
});
