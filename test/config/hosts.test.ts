import { describe, expect, it } from "vitest";
import { complaints, parse } from "../helpers/parse-fraises.ts";

const SHARED = 'store: { url: "postgres://fraisier@db.example.com/fraisier" }\n';

const shop = (own: string, ofFraise = ""): string => `git: { provider: github, github: { webhook_secret: x } }
fraises:
  shop:
    type: script
    repository: acme/shop
    ${ofFraise}
    environments:
      production:
        branch: main
        app_path: /srv/shop
        script: ./deploy
        ${own}
`;

const hostsOf = (text: string): readonly (readonly string[] | undefined)[] =>
  parse(text).targets.map(({ hosts }) => hosts);

describe("hosts of fraises.yaml", () => {
  it("place an environment of a fraise on a host: its own come before those of the fraise", () => {
    expect(hostsOf(SHARED + shop("hosts: [web1]"))).toEqual([["web1"]]);
    expect(hostsOf(SHARED + shop("", "hosts: [web2]"))).toEqual([["web2"]]);
    expect(hostsOf(SHARED + shop("hosts: [web1]", "hosts: [web2]"))).toEqual([["web1"]]);
    expect(hostsOf(SHARED + shop(""))).toEqual([undefined]);
  });

  it("are refused at their line for a store in a file, which serves one host", () => {
    expect(complaints(shop("hosts: [web1]"))).toEqual([
      "12:9: fraises.shop.environments.production.hosts needs a store that several hosts share: store.url: postgres://…",
    ]);
  });

  it("are refused if there are several of them, or none", () => {
    expect(complaints(SHARED + shop("hosts: [web1, web2]"))).toEqual([
      "13:16: fraises.shop.environments.production.hosts names 2 hosts, and a target lives on one: write an environment for each host",
    ]);
    expect(complaints(SHARED + shop("", "hosts: []"))).toEqual([
      "7:12: fraises.shop.hosts is empty: the target would live nowhere",
    ]);
  });
});
