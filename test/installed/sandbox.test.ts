import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { reportAttacks } from "../security/attack-report.ts";
import { machineOfThisFile } from "./machine.ts";
import type { Machine } from "./machine.ts";

const SEARCH = readFileSync(join(import.meta.dirname, "sentinels.py"), "utf8");
const machine = machineOfThisFile({ wholeProc: true });

/** Where a secret of somebody else may lie, each as root makes it; `$S` is the text of the sentinel. */
const PLANTS: Readonly<Record<string, string>> = {
  "01": 'echo "# $S" >> /etc/fraisier/webhook-secrets',
  "02": 'echo "OTHER_TOKEN=$S" >> /etc/fraisier/environment',
  "03": 'echo "# $S" >> /etc/fraisier/fraises.yaml',
  "04": 'mkdir -p /etc/systemd/system/fraisier.service.d; printf "[Service]\\nEnvironment=ADMIN_TOKEN=%s\\n" "$S" > /etc/systemd/system/fraisier.service.d/token.conf',
  "05": 'echo "$S" > /etc/credential; mkdir -p /etc/systemd/system/fraisier-deploy@.service.d; printf "[Service]\\nLoadCredential=token:/etc/credential\\n" > /etc/systemd/system/fraisier-deploy@.service.d/token.conf; chmod 600 /etc/credential',
  "06": 'install -D -o fraisier /dev/stdin /var/lib/fraisier/fraisier.key <<< "# $S"',
  "07": 'install -D -o fraisier /dev/stdin /var/lib/fraisier/mirrors/acme-other-1.git/config <<< "# $S"',
  "08": 'install -D -o fraisier /dev/stdin /var/lib/fraisier/backups/other/dump.sql <<< "$S"',
  "09": 'install -D -o fraisier /dev/stdin /srv/third/releases/0old/secret <<< "$S"',
  "10": 'install -D -o fraisier /dev/stdin /srv/other/current/.env <<< "$S"',
  "11": 'install -D /dev/stdin /home/ann/notes <<< "$S"; chmod 755 /home/ann',
  "12": 'install -D -m 600 /dev/stdin /root/.ssh/id_ed25519 <<< "$S"',
  "13": 'install -D -o fraisier -m 600 /dev/stdin /var/lib/fraisier/.ssh/id_ed25519 <<< "$S"',
  "14": 'install -m 644 /dev/stdin /run/token <<< "$S"',
  "15": 'systemd-run --quiet --uid=fraisier --setenv=TOKEN="$S" sleep 600',
  "16": 'serve "$S" /run/docker.sock',
  "17": 'mkdir -p /run/postgresql; serve "$S" /run/postgresql/.s.PGSQL.5432',
  "18": 'printf "[Unit]\\nDescription=%s\\n[Service]\\nExecStart=sleep 3600\\n" "$S" > /etc/systemd/system/other.service',
  "19": 'install -m 644 /dev/stdin /dev/shm/token <<< "$S"; install -m 644 /dev/stdin /var/tmp/token <<< "$S"',
  "20": 'install -D -o fraisier /dev/stdin /opt/other/token <<< "$S"',
  "21": 'install -D -o fraisier /dev/stdin /var/lib/fraisier/caches/other+production/token <<< "$S"',
  "22": 'install -D -o fraisier -m 600 /dev/stdin /etc/ssl/private/key.pem <<< "$S"; chmod 755 /etc/ssl/private',
};

const FRAISES = (sandbox: string, more = ""): string => `git:
  git: { webhook_secret: "\${GIT_WEBHOOK_SECRET}" }
fraises:
  shop:
    type: script
    repository: acme/shop
    clone_url: /srv/git/shop.git
    sandbox: ${sandbox}
    environments:
      production:
        branch: main
        app_path: /srv/shop
        layout: in_place
        script: search.py
        interpreter: python3
${more.replaceAll(/^(?=.)/gm, "        ")}
  other:
    type: api
    repository: acme/other
    clone_url: /srv/git/other.git
    environments:
      production: { branch: main, app_path: /srv/elsewhere, systemd_service: other.service, required_env_vars: OTHER_TOKEN }
`;

it("finds none of the secrets that lie on the machine, stops no unit of another target, and cannot write into .git", async () => {
  await addShop(machine);
  await plant(machine);
  const outside = await search(machine, "off");
  // Otherwise a search that finds nothing would prove nothing.
  expect(outside.found.length, outside.log).toBeGreaterThanOrEqual(12);
  expect(outside.log).toContain("git: written");
  await machine.root("git -C /srv/shop config --unset core.fsmonitor; systemctl start other");

  const inside = await search(machine, "required");
  console.log(
    `a build that searched the host found ${inside.found.length} of ${Object.keys(PLANTS).length} sentinels in its sandbox, and ${outside.found.length} without one`,
  );
  reportAttacks({
    tried: Object.keys(PLANTS).length,
    wronglyAccepted: 0,
    crashes: 0,
    secretsFound: inside.found.length,
  });
  expect(inside.found, inside.log).toEqual([]);
  expect(inside.log).toMatch(/looked at \d{2,} things; stop: refused; git: refused/);
  expect((await machine.root("systemctl is-active other")).trim()).toBe("active");
  expect(await machine.root("cat /srv/shop/.git/config")).not.toContain("fsmonitor");
});

it("restarts the unit that `allow` names, with the right that privileges install gives, and stops no other", async () => {
  await machine.write(
    "/etc/systemd/system/worker.service",
    "[Service]\nUser=www-data\nExecStart=sleep 3600\n[Install]\nWantedBy=multi-user.target\n",
  );
  await machine.root("systemctl daemon-reload; systemctl start worker");
  const invocation = (): Promise<string> => machine.root("systemctl show --property=InvocationID worker");
  const before = await invocation();
  const { found, log } = await search(
    machine,
    "required",
    "allow: { units: { worker.service: [restart] } }\nhooks: { after_deploy: { commands: systemctl restart worker, on_error: fail } }",
  );
  expect(log).toMatch(/stop: refused; git: refused/);
  expect(log).toContain("fraisier: systemctl restart worker: exit code 0");
  expect(await invocation()).not.toBe(before);
  expect(found, log).toEqual([]);
  expect((await machine.root("systemctl is-active other")).trim()).toBe("active");
});

it("shuts commands in that run as another user, as whom systemd starts them for the unprivileged fraisier", async () => {
  const more = "user: shopapp\nhooks: { before_deploy: id -un }";
  await machine.root("useradd --create-home shopapp");
  await machine.write("/etc/fraisier/fraises.yaml", FRAISES("required", more), { owner: "root:fraisier", mode: "640" });
  await machine.root("fraisier privileges install; systemctl reload fraisier");
  // The user cannot work there yet, and the hint is a command.
  const planned = (await machine.root("fraisier plan shop production || true")).replaceAll(/\s+/g, " ");
  const [, command = ""] = /(sudo chown -R fraisier:\$\(id -gn shopapp\) .*? \{\} \+)/.exec(planned) ?? [];
  expect(command, planned).toContain("/srv/shop");
  await machine.root(command.replaceAll("sudo ", ""));
  const { found, log } = await search(machine, "required", more);
  expect(log).toMatch(/^.*\bshopapp$/m);
  expect(log).toMatch(/looked at \d{2,} things; stop: refused; git: refused/);
  expect(found, log).toEqual([]);
  expect(await machine.root("systemctl list-units --plain --no-legend 'fraisier-as-shopapp*'")).toMatch(/\.socket/);
});

async function addShop({ root, as, write }: Machine): Promise<void> {
  await root(`
    useradd --create-home ann
    install -d -o fraisier -g fraisier /srv/shop
    git init --quiet --bare --initial-branch=main /srv/git/shop.git
    chown -R ann /srv/git/shop.git
    git config --system --add safe.directory /srv/git/shop.git
    git config --system --add safe.directory /srv/shop
    echo 'GIT_WEBHOOK_SECRET="a secret of the hook that is long"' >> /etc/fraisier/webhook-secrets`);
  await write("/home/ann/search.py", SEARCH, { owner: "ann" });
  await as(
    "ann",
    `git config --global user.name Ann && git config --global user.email ann@example.com
    git clone --quiet /srv/git/shop.git shop 2>&1 && cd shop && cp ~/search.py . && git add --all && git commit --quiet --message search && git push --quiet origin HEAD:main`,
  );
  await root("setpriv --reuid=fraisier --regid=fraisier --init-groups git clone --quiet /srv/git/shop.git /srv/shop");
}

/** Puts every sentinel into its place, last of all into the configuration. */
async function plant({ root, write }: Machine): Promise<void> {
  await write("/etc/fraisier/fraises.yaml", FRAISES("off"), { owner: "root:fraisier", mode: "640" });
  const serve = `serve() { systemd-run --quiet python3 -c 'import os, socket, sys
server = socket.socket(socket.AF_UNIX); server.bind(sys.argv[2]); os.chmod(sys.argv[2], 0o666); server.listen()
while True:
    client, _ = server.accept(); client.sendall(sys.argv[1].encode()); client.close()' "$1" "$2"; }`;
  for (const [number, line] of Object.entries(PLANTS)) await root(`${serve}\nS=SENTINEL-${number}; ${line}`);
  await root(`
    fraisier privileges install
    systemctl daemon-reload
    systemctl start other
    systemctl restart fraisier`);
}

/** Deploys the search under this key, and says what it found. */
async function search(
  { root, write }: Machine,
  sandbox: string,
  more?: string,
): Promise<{ readonly found: readonly string[]; readonly log: string }> {
  await write("/etc/fraisier/fraises.yaml", `${FRAISES(sandbox, more)}# SENTINEL-03\n`, {
    owner: "root:fraisier",
    mode: "640",
  });
  await root("fraisier privileges install; systemctl reload fraisier; fraisier deploy shop production --wait >&2");
  const log = await root("fraisier logs last");
  return { found: [...log.matchAll(/found (\d\d) in/g)].map(([, number = ""]) => number), log };
}
