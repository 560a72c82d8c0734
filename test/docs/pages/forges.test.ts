import { describe, expect, it } from "vitest";
import { followPage, runPage } from "../run-page.ts";

const machine = runPage("docs/forges/github.md", {
  reader: "admin",
  prepare: `
    useradd --system shop
    install -d -o fraisier -g shop -m 2750 /srv/shop
    printf '[Service]\\nUser=shop\\nWorkingDirectory=/srv/shop/current\\nExecStart=/bin/sleep inf\\n' > /etc/systemd/system/shop.service
    systemctl daemon-reload
    cp -a /etc/fraisier /root/installed`,
});

it("ends with a target whose deliveries the daemon waits for, on GitHub's page", async () => {
  expect(await machine.root("fraisier list")).toContain("shop");
  expect((await machine.fetch("http://127.0.0.1:8787/health")).status).toBe(200);
});

describe.each([
  "docs/forges/gitlab.md",
  "docs/forges/gitea.md",
  "docs/forges/bitbucket-cloud.md",
  "docs/forges/bitbucket-data-center.md",
])("%s", (page) => {
  it("begins with fraisier as it is installed", async () => {
    const reset = "rm -rf /etc/fraisier && cp -a /root/installed /etc/fraisier && systemctl reload fraisier";
    expect(await machine.root(`${reset} && fraisier list`)).not.toContain("shop");
  });

  followPage(machine, page, "admin");

  it("ends with a target whose deliveries the daemon waits for", async () => {
    expect(await machine.root("fraisier list")).toContain("shop");
  });
});
