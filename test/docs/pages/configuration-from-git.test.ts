import { expect, it } from "vitest";
import { runPage } from "../run-page.ts";

const machine = runPage("docs/configuration-from-git.md", {
  prepare: `
    useradd --create-home git
    install -d -o git /srv/git
    openssl rand -hex 32 > /srv/git/settings.secret
    chown git:fraisier /srv/git/settings.secret
    chmod 640 /srv/git/settings.secret
    cd ~git
    setpriv --reuid=git --regid=git --clear-groups env HOME=/home/git sh -euc '
      git init --quiet --bare /srv/git/settings.git
      git init --quiet --bare /srv/git/shop.git
      git clone --quiet /srv/git/settings.git settings'
    install -m 755 /usr/share/fraisier/post-receive /srv/git/settings.git/hooks/post-receive
    git config --file /srv/git/settings.git/config fraisier.url http://127.0.0.1:8787/webhook/git
    git config --file /srv/git/settings.git/config fraisier.secretFile /srv/git/settings.secret
    git config --file /srv/git/settings.git/config fraisier.repository acme/settings`,
});

it("ends with the first revision in force, which no root has written", async () => {
  expect(await machine.root("cat /var/lib/fraisier/configuration/current/fraises.yaml")).toContain("branch: main");
  expect((await machine.root("stat -Lc %U /var/lib/fraisier/configuration/current/fraises.yaml")).trim()).toBe(
    "fraisier",
  );
  expect((await machine.tries("root", "fraisier privileges diff --json")).stdout).toContain('"equal"');
  const log = await machine.root("systemctl restart fraisier; sleep 2; journalctl -u fraisier --no-pager");
  expect(log).toContain("settings/production at ");
});
