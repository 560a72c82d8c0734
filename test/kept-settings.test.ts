import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { families } from "../src/compose/app.ts";
import { takeOutSecrets } from "../src/config/edit/take-out-secrets.ts";
import { localHost } from "../src/host/local-host.ts";
import { keptConfig } from "../src/compose/kept-settings.ts";
import { API, freshStore, revision, wanted } from "./helpers/store.ts";
import { temporaryFolder } from "./helpers/temporary.ts";

const text = (token: string): string => `git: { github: { webhook_secret: "\${HOOK}" } }
fraises:
  api:
    type: api
    repository: acme/api
    clone_url: https://${token}@git.example.com/acme/api.git
    environments: { production: { branch: main, app_path: /srv/api } }
`;

it("a deployment whose secrets could not be sealed takes those that fraises.yaml has now", async () => {
  const store = await freshStore();
  const file = join(temporaryFolder(), "fraises.yaml");
  const { deployment: id } = await store.queue.enqueue(API, "person", wanted(revision("a")));
  await store.queue.claim(id, { leaseMs: 60_000, claimer: "{}" });
  await store.queue.adopt(id, { owner: "owner", kind: "process", identity: "{}" }, 60_000);
  await store.deployments.keepSettings(id, "owner", {
    ...takeOutSecrets(text("old-token"), families),
    secrets: undefined,
  });
  writeFileSync(file, text("new-token"));
  const config = await keptConfig(store, localHost(), file, id);
  expect(config?.targets[0]?.clone_url.reveal()).toBe("https://new-token@git.example.com/acme/api.git");
});

it("a runner that goes by kept settings learns no secret of a webhook from fraises.yaml", async () => {
  const store = await freshStore();
  const file = join(temporaryFolder(), "fraises.yaml");
  const { deployment: id } = await store.queue.enqueue(API, "person", wanted(revision("a")));
  await store.queue.claim(id, { leaseMs: 60_000, claimer: "{}" });
  await store.queue.adopt(id, { owner: "owner", kind: "process", identity: "{}" }, 60_000);
  const written = text("token-of-git").replace('"${HOOK}"', "s3cr3t-of-the-hook");
  await store.deployments.keepSettings(id, "owner", { ...takeOutSecrets(written, families), secrets: undefined });
  writeFileSync(file, written);
  const config = await keptConfig(store, localHost(), file, id);
  expect(config?.targets[0]?.clone_url.reveal()).toBe("https://token-of-git@git.example.com/acme/api.git");
  expect(config?.forges["github"]?.secrets[0]?.reveal()).not.toContain("s3cr3t");
  expect(config?.text).not.toContain("s3cr3t");
});
