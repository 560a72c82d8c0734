import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Target } from "../config/config.ts";
import type { Places } from "../steps/capabilities.ts";

/** The folders of a deployment of this target on disk. Pure. `stateDirectory` holds one mirror per clone URL, whatever targets share it. */
export function placesOf(target: Target, deployment: string, stateDirectory: string): Places {
  const app = target.settings.app_path;
  const copies = join(
    stateDirectory,
    "units",
    [target.fraise, target.environment, target.job].map(encodeURIComponent).join("+"),
  );
  if (target.settings.layout === "in_place") {
    return { app, releases: app, release: app, current: app, shared: app, mirror: join(app, ".git"), copies };
  }
  return {
    app,
    releases: join(app, "releases"),
    release: target.settings.code_from === undefined ? join(app, "releases", deployment) : join(app, "current"),
    current: join(app, "current"),
    shared: join(app, "shared"),
    mirror: join(stateDirectory, "mirrors", mirrorName(target)),
    copies,
  };
}

function mirrorName(target: Target): string {
  const readable = target.subscription.repository.replaceAll(/[^\w.-]+/g, "-").slice(-60);
  const digest = createHash("sha256").update(target.clone_url.reveal()).digest("hex").slice(0, 10);
  return `${readable}-${digest}.git`;
}
