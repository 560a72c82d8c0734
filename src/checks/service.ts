import { z } from "zod";
import { serviceOf } from "../service-managers/index.ts";
import { defineCheck } from "./check.ts";
import type { CheckContext } from "./check.ts";
import type { Files } from "../host/files.ts";

/** systemd.unit(5); never an option. */
const UNIT = /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*$/;

/** The service is active, and something listens on its ports. */
export const service = defineCheck({
  type: "service",
  timeoutMs: 10_000,
  settings({ text, means }) {
    const port = z.int().min(1).max(65_535);
    return {
      unit: text
        .refine((name) => UNIT.test(name), "no name of a unit: shop-worker.service")
        .optional()
        .meta(means("The unit of systemd that must be active", "the environment's service")),
      scope: z
        .enum(["system", "user"])
        .default("system")
        .describe("The manager that has `unit`: the system's, or that of the user fraisier runs as"),
      port: z
        .union([port, z.array(port).min(1)])
        .transform((value) => [value].flat())
        .default([])
        .describe("Ports that something on this machine must listen on"),
    };
  },
  complaint(settings, { hasService }) {
    const { unit, port } = settings;
    return unit === undefined && !hasService && port.length === 0
      ? "names neither `unit` nor `port`, and the environment has no service"
      : undefined;
  },
  describe(settings) {
    const { unit, port } = settings;
    const ports = port.length === 0 ? "" : `, listening on ${port.join(", ")}`;
    return `${unit ?? "the service"} is active${ports}`;
  },
  async run(settings, context) {
    const { port } = settings;
    const watched = watchedService(settings, context);
    const seen: { readonly isGood: boolean; readonly words: string }[] = [];
    if (watched !== undefined) {
      const { up, description } = await watched.state();
      seen.push({ isGood: up, words: `${watched.name} is ${description}` });
    }
    if (port.length > 0) {
      const open = await listeningPorts(context.host.files);
      const closed = port.filter((each) => !open.has(each));
      const words =
        closed.length > 0 ? `nothing listens on port ${closed.join(", ")}` : `port ${port.join(", ")} listens`;
      seen.push({ isGood: closed.length === 0, words });
    }
    const passed = seen.every(({ isGood }) => isGood);
    const told = seen.filter(({ isGood }) => isGood === passed);
    return { passed, seen: told.map(({ words }) => words).join("; ") };
  },
});

function watchedService(
  { unit, scope }: { readonly unit?: string | undefined; readonly scope: string },
  { host, env, service: own }: CheckContext,
): CheckContext["service"] {
  return unit === undefined ? own : serviceOf({ manager: "systemd", unit, scope }, host, env);
}

/** `st` of proc_net_tcp(5). */
const LISTEN = "0A";

/** TCP ports that something listens on, whatever the address: as the kernel says, without a connection that a service would have to serve. */
async function listeningPorts(files: Pick<Files, "readText">): Promise<ReadonlySet<number>> {
  const ports = new Set<number>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    // Without IPv6 there is no second table.
    for (const line of ((await files.readText(table)) ?? "").split("\n").slice(1)) {
      const [, local = "", , state] = line.trim().split(/\s+/);
      if (state === LISTEN) ports.add(Number.parseInt(local.slice(local.lastIndexOf(":") + 1), 16));
    }
  }
  return ports;
}
