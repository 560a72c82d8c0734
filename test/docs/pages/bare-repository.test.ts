import { expect, it } from "vitest";
import { runPage } from "../run-page.ts";

const machine = runPage("docs/bare-repository.md", {
  prepare: `
    useradd --create-home git
    install -d -o git /srv/git
    cd ~git
    setpriv --reuid=git --regid=git --clear-groups env HOME=~git sh -euc '
      git init --quiet --bare /srv/git/shop.git
      git clone --quiet /srv/git/shop.git shop
      cd shop
      echo 1 > VERSION
      git add VERSION
      git commit --quiet --message "version 1"'`,
});

it("ends with the push live", async () => {
  await machine.until("the release is live", "test -e /srv/shop/current/VERSION");
  expect((await machine.root("cat /srv/shop/current/VERSION")).trim()).toBe("1");
});
