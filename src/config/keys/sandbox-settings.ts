import { isAbsolute, normalize } from "node:path";
import { z } from "zod";
import type { Target } from "../config.ts";
import type { Fields } from "./fields.ts";
import { means } from "./means.ts";
import type { Problems } from "../file/problems.ts";

/** `auto` uses the sandbox if this machine can make one; `required` deploys nothing without it. */
const SANDBOX_MODES = ["auto", "required", "off"] as const;
type SandboxMode = (typeof SANDBOX_MODES)[number];

/** Names that systemd.unit(5) allows, with their suffix, and without patterns. */
const UNIT = /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*\.(service|socket|timer|target|path)$/;

/** The verbs that `allow.units` may let commands use. */
const UNIT_VERBS = [
  "start",
  "stop",
  "restart",
  "reload",
  "try-restart",
  "reload-or-restart",
  "try-reload-or-restart",
  "reset-failed",
] as const;

/** A place of this machine that commands see beside their own. */
interface AllowedPath {
  readonly path: string;
  readonly writable: boolean;
}

/** How the commands of a target's repository are shut in, and the places that they see beside their release. */
export interface SandboxSettings {
  readonly mode: SandboxMode;
  readonly network: "on" | "off";
  /** Folders that stay from one deployment to the next: below HOME (`~/`), absolute, or below the release. */
  readonly cache: readonly string[];
  /** Files of this machine, by the place where commands find them. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly allow: {
    readonly sockets: readonly string[];
    readonly paths: readonly AllowedPath[];
    readonly devices: readonly string[];
    /** Verbs of systemctl(1) for units of the system, by the unit's whole name. */
    readonly units: Readonly<Record<string, readonly string[]>>;
  };
}

/** Keys of a fraise or an environment that are about the sandbox. */
export function sandboxKeys({ text, listOf }: Fields) {
  const allowedPath = z.union([
    text.transform((path) => ({ path, writable: false })),
    z.strictObject({
      path: text.meta({ description: "The file or folder", examples: ["/srv/uploads"] }),
      writable: z.boolean().default(false).describe("Whether commands may write there"),
    }),
  ]);
  return {
    sandbox: sandboxMode()
      .optional()
      .meta(
        means(
          "Whether commands of the repository run in a sandbox (bubblewrap): if this machine can (`auto`), always (`required`), never (`off`)",
          "`deployment.sandbox`",
        ),
      ),
    network: z.enum(["on", "off"]).optional().meta(means("Whether commands in the sandbox reach the network", "`on`")),
    cache: listOf(text)
      .optional()
      .meta({
        ...means("Folders that stay from one deployment to the next, for this target alone", "none"),
        examples: ["[~/.npm, .next/cache]"],
      }),
    credentials: z
      .record(z.string().min(1), text)
      .optional()
      .meta({
        ...means("Files that commands find in the sandbox, read-only: the place there, and the file here", "none"),
        examples: ['{ "~/.npmrc": /etc/fraisier/shop.npmrc }'],
      }),
    allow: z
      .strictObject({
        sockets: listOf(text)
          .default([])
          .meta({
            description: "Unix sockets, or folders of them, that commands may connect to",
            examples: ["[/run/postgresql]"],
          }),
        paths: listOf(allowedPath)
          .default([])
          .meta({
            description: "Files and folders that commands may read, or write with `{ path: …, writable: true }`",
            examples: ["[/opt/node]"],
          }),
        devices: listOf(text).default([]).describe("Devices that commands may use: `/dev/kvm`"),
        units: z
          .record(z.string().regex(UNIT, "the whole name of a unit: shop-worker.service"), listOf(z.enum(UNIT_VERBS)))
          .default({})
          .meta({
            description:
              "Units of the system, and what commands may do with them: `systemctl` in the sandbox does this, and nothing else",
            examples: ["{ shop-worker.service: [restart] }"],
          }),
      })
      .optional()
      .describe("Things that commands in the sandbox find beside their release"),
  };
}

export function sandboxMode() {
  return z.enum(SANDBOX_MODES);
}

/** Every place is one that a sandbox can have, and does not undo it. */
export function checkSandboxes(targets: readonly Target[], problems: Problems): void {
  const owners = new Map(
    targets.flatMap(({ fraise, environment, settings: { service, job } }) => {
      const unit = service?.manager === "systemd" ? (service.unit ?? "") : "";
      const units = [/\.\w+$/.test(unit) ? unit : `${unit}.service`, job?.service ?? "", job?.timer ?? ""];
      return units.map((each): [string, string] => [each, `${fraise}/${environment}`]);
    }),
  );
  const seen = new Set<SandboxSettings["allow"] | SandboxSettings["cache"] | SandboxSettings["credentials"]>();
  for (const { fraise, environment, settings } of targets) {
    const { allow, cache, credentials } = settings.sandbox;
    // Jobs of one environment have the same settings, and one complaint is enough.
    if ([allow, cache, credentials].every((each) => seen.has(each))) continue;
    for (const each of [allow, cache, credentials]) seen.add(each);
    const refuse = (key: string, message: string): void => {
      const own = ["fraises", fraise, "environments", environment, key];
      problems.of(problems.has(own) ? own : ["fraises", fraise, key], `: ${message}`);
    };
    const outside = (key: string, path: string): void => {
      if (!isAbsolute(path)) refuse(key, `"${path}" must be an absolute path`);
      else if (normalize(path) === "/")
        refuse(key, "/ is the whole machine; write `sandbox: off` if commands need all of it");
    };
    const inside = (key: string, place: string): void => {
      const path = normalize(place);
      if (["/", ".", "./", "~", "~/"].includes(path))
        refuse(key, `"${place}" must be a place below the home folder or the release`);
      else if (path.startsWith(".."))
        refuse(key, `"${place}" leaves the release; write ~/…, an absolute path, or one below the release`);
    };
    for (const unit of Object.keys(allow.units)) {
      const other = owners.get(unit);
      if (other !== undefined && other !== `${fraise}/${environment}`)
        refuse("allow", `${unit} is a unit of ${other}: commands of another target may not touch it`);
    }
    for (const path of [...allow.sockets, ...allow.paths.map((each) => each.path), ...allow.devices])
      outside("allow", path);
    for (const place of cache) inside("cache", place);
    for (const [place, file] of Object.entries(credentials)) {
      inside("credentials", place);
      outside("credentials", file);
    }
  }
}
