import { describe, expect, it } from "vitest";
import { changeLines } from "../../src/config/changes/change-lines.ts";
import { configChanges, isUnchanged } from "../../src/config/changes/config-changes.ts";
import { newForRoot } from "../../src/config/changes/root-work.ts";
import { parse } from "../helpers/parse-fraises.ts";

const TEXT = `git: { github: { webhook_secret: "\${SECRET}" } }
deployment: { concurrency: 4 }
fraises:
  shop:
    type: api
    repository: acme/shop
    clone_url: "https://ann:\${TOKEN}@example.com/shop.git"
    environments:
      production:
        branch: main
        app_path: /srv/shop
        systemd_service: shop.service
        keep_releases: 5
        hooks: { before_deploy: [make one] }
  old:
    type: script
    repository: acme/old
    environments: { production: { branch: main, app_path: /srv/old } }
`;

describe("the changes between two configurations", () => {
  it("are none if only comments, order and defaults that are written out differ", () => {
    const same = parse(`# a comment\n${TEXT.replace("keep_releases: 5\n", "min_free_space: 256MiB\n")}`);
    expect(isUnchanged(configChanges(parse(TEXT), same))).toBe(true);
  });

  it("are told by target, with keys and values, and without secrets", () => {
    const after = parse(
      TEXT.replace("concurrency: 4", "concurrency: 2")
        .replace("keep_releases: 5", "keep_releases: 3\n        timeout: 5m")
        .replace("ann:${TOKEN}", "ann:${OTHER}")
        .replace("systemd_service: shop.service", "systemd_service: web.service\n        user: deploy")
        .replace("  old:", "  new:")
        .replace("acme/old", "acme/new"),
    );
    const changes = configChanges(parse(TEXT), after);
    expect(changeLines(changes)).toEqual([
      "~ deployment.concurrency: 4 -> 2",
      "+ new/production: added (script)",
      "- old/production: removed: it is not deployed any more, and what runs goes on",
      "~ shop/production: changed",
      "    clone_url: *** (${TOKEN}) -> *** (${OTHER})",
      "    keep_releases: 5 -> 3",
      "    service.unit: shop.service -> web.service",
      "    timeout: 20m -> 5m",
      "    user: deploy (was not set)",
    ]);
    expect(newForRoot(parse(TEXT), after)).toEqual(["unit web.service", "user deploy"]);
  });

  it("name a secret that stands in the file itself as changed, and show neither value", () => {
    const [before, after] = ["hunter22hunter22", "correcthorse1234"].map((token) =>
      parse(TEXT.replace("${TOKEN}", token)),
    );
    if (before === undefined || after === undefined) throw new Error("both parse");
    const lines = changeLines(configChanges(before, after));
    expect(lines).toEqual(["~ shop/production: changed", "    clone_url: *** -> ***"]);
  });

  it("show no password that stands in a command or in a URL", () => {
    const [before, after] = ["hunter22", "hunter33"].map((word) =>
      parse(TEXT.replace("make one", `curl https://ann:${word}@example.com/`)),
    );
    if (before === undefined || after === undefined) throw new Error("both parse");
    expect(changeLines(configChanges(before, after))).toEqual([
      "~ shop/production: changed",
      '    hooks.before_deploy: ["curl https://ann:***@example.com/"] -> ["curl https://ann:***@example.com/"]',
    ]);
  });

  it("find values in lists of maps by their place", () => {
    const check = (status: number): string =>
      TEXT.replace(
        "hooks:",
        `verify: [{ type: http, url: "https://example.com/", status: ${status} }]\n        hooks:`,
      );
    expect(changeLines(configChanges(parse(check(200)), parse(check(204)))).join("\n")).toMatch(
      /verify\.checks\[0\]\.\w*status: \[?200\]? -> \[?204\]?/,
    );
  });
});
