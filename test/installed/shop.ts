import type { Machine } from "./machine.ts";

const SECRET = "the secret that the hook of the shop signs with";
const FRAISES = `git:
  git: { webhook_secret: "\${GIT_WEBHOOK_SECRET}" }
fraises:
  shop:
    type: api
    repository: acme/shop
    clone_url: /srv/git/shop.git
    environments:
      production:
        branch: main
        app_path: /srv/shop
        build: { command: [sh, build.sh] }
        systemd_service: shop.service
        health_check: { url: "http://127.0.0.1:8000/health", timeout: 8s, interval: 200ms, stable_for: 300ms }
`;
/** A version that is broken has no page for the health check; one that is slow takes long to build. */
const BUILD =
  "case $(cat VERSION) in *broken*) ;; *) echo ok > health ;; esac\ncase $(cat VERSION) in *slow*) sleep 7 ;; esac\n";
const SERVICE = `[Service]
User=www-data
ExecStart=/usr/bin/python3 -m http.server --directory /srv/shop/current --bind 127.0.0.1 8000
[Install]
WantedBy=multi-user.target
`;

/**
 * Makes a web service on the machine, its bare repository with the hook, a clone of it in /home/ann, and the fraise that deploys it. `more`: lines of YAML for its
 * environment.
 */
export async function addShop(machine: Machine, more = ""): Promise<void> {
  await machine.root(`
    useradd --create-home ann
    install -d -o fraisier -g fraisier /srv/shop
    git init --quiet --bare --initial-branch=main /srv/git/shop.git
    install -m 755 /usr/share/fraisier/post-receive /srv/git/shop.git/hooks/post-receive
    cd /srv/git/shop.git
    git config fraisier.url http://127.0.0.1:8787/webhook/git
    git config fraisier.secretFile /etc/git-secret
    git config fraisier.repository acme/shop
    chown -R ann /srv/git/shop.git
    git config --system --add safe.directory /srv/git/shop.git`);
  await machine.write("/etc/git-secret", `${SECRET}\n`, { owner: "ann", mode: "600" });
  await machine.write("/etc/systemd/system/shop.service", SERVICE);
  await machine.write("/etc/fraisier/fraises.yaml", `${FRAISES}${more.replaceAll(/^(?=.)/gm, "        ")}`, {
    owner: "root:fraisier",
    mode: "640",
  });
  await machine.root(`
    echo 'GIT_WEBHOOK_SECRET="${SECRET}"' >> /etc/fraisier/webhook-secrets
    fraisier privileges install
    systemctl daemon-reload
    systemctl enable --quiet shop
    systemctl restart fraisier`);
  await machine.until("the daemon listens", "curl -fsS http://127.0.0.1:8787/health");
  await machine.as(
    "ann",
    "git config --global user.name Ann && git config --global user.email ann@example.com && git clone --quiet /srv/git/shop.git shop 2>&1",
  );
  await machine.as("ann", "cat > shop/build.sh", BUILD);
}

/** Pushes a version as a developer, and gives its revision. */
export async function pushVersion(machine: Machine, version: string): Promise<string> {
  return (
    await machine.as(
      "ann",
      `cd shop; echo '${version}' > VERSION; git add --all; git commit --quiet --message 'version ${version}'; git push --quiet origin HEAD:main >&2; git rev-parse HEAD`,
    )
  ).trim();
}

/** Waits until the deployment of a revision has ended, and gives it. */
export async function deployedRevision(machine: Machine, revision: string): Promise<Readonly<Record<string, unknown>>> {
  const id = await machine.until(
    `the deployment of ${revision} to end`,
    `fraisier history --json | /usr/lib/fraisier/bin/node -e '
      const { deployments } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
      const found = deployments.find((each) => each.revision === "${revision}" && each.finished_at !== null);
      if (found === undefined) process.exit(1);
      console.log(found.id);'`,
  );
  const { deployment } = JSON.parse(await machine.root(`fraisier show ${id.trim()} --json`)) as {
    deployment: Readonly<Record<string, unknown>>;
  };
  return deployment;
}
