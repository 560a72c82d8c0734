import { newId } from "../../domain/id.ts";
import type { Step } from "../step.ts";

/** Backs the database up before anything is touched; a failure ends the deployment there. Taken up again it makes no second one. */
export const backupDatabase: Step<"backups" | "facts"> = {
  name: "backup-database",
  phase: "backing_up",
  describe: ({ target }) => {
    const { compress = "zstd", keep = 0 } = target.settings.database?.backup ?? {};
    return `Back the database up (${compress}), and keep the newest ${keep} backups`;
  },
  async run({ backups, deployment, facts, remember }) {
    if (backups === undefined) return;
    const known = facts["backup"];
    const id = typeof known === "string" ? known : newId();
    if (id !== known) await remember({ backup: id });
    const { manifest, path } = await backups.create({
      id,
      deployment: { id: deployment.id, revision: deployment.revision },
      reason: `before deployment ${deployment.id}`,
    });
    await remember({ path, bytes: manifest.dump.bytes, sha256: manifest.dump.sha256 });
  },
};
