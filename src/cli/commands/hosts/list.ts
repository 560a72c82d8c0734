import type { HostRow, HostsDocument } from "../../../answers/schemas/hosts-document.ts";
import { counted } from "../../../domain/counted.ts";
import { targetName } from "../../../domain/fraise.ts";
import { harmless } from "../../../domain/harmless.ts";
import type { Invocation } from "../../command-entry.ts";
import type { Print } from "../../print/print.ts";
import { withServer } from "../../server/with-server.ts";

/** `fraisier hosts`: the hosts that share the store, how their daemons fare, and what runs there. */
export async function run({ options, print }: Invocation): Promise<number> {
  return await withServer(options, "look", async (server) => {
    const document = await server.hosts();
    if (print.isJson) print.json(document);
    else printHosts(document, print);
    return 0;
  });
}

function printHosts({ hosts, differences }: HostsDocument, print: Print): void {
  print.table(
    [
      "HOST",
      "STATE",
      "VERSION",
      { title: "LABELS", leaves: 3 },
      { title: "LAST SIGN", leaves: 2 },
      { title: "LOAD", leaves: 4 },
      { title: "FREE", leaves: 4 },
      { title: "FRAISES.YAML", leaves: 1 },
      "RUNS",
    ],
    hosts.map((host) => [
      host.name,
      stateOf(host, print),
      host.version ?? "-",
      host.labels.join(", ") || "-",
      print.time(host.last_sign),
      host.load_percent === null ? "-" : `${host.load_percent} %`,
      host.free_bytes === null ? "-" : `${(host.free_bytes / 2 ** 30).toFixed(1)} GiB`,
      host.config_digest ?? "-",
      host.runs.map((each) => `${targetName(each)}${each.is_known ? "" : " (unknown)"}`).join(", ") || "-",
    ]),
    "No daemon has served this store yet: fraisier serve starts one.",
  );
  for (const { what, values } of differences) {
    const groups = values.map(({ value, hosts: names }) => `${value} on ${names.join(", ")}`).join("; ");
    print.line(`The hosts differ in their ${what === "version" ? "versions of fraisier" : "fraises.yaml"}: ${groups}.`);
  }
  for (const { name, outdated } of hosts)
    if (outdated) print.line(`The daemon of ${name} is older than the store and only reads: upgrade fraisier there.`);
  const silent = hosts.filter(({ state }) => state === "silent");
  const open = silent.flatMap(({ runs }) => runs).length;
  if (open > 0)
    print.line(
      `It is not known whether ${counted(open, "deployment")} of silent hosts still ${open === 1 ? "runs" : "run"}: only the daemon there goes on with them.`,
    );
  for (const { name, drained } of hosts)
    if (drained !== null)
      print.line(
        harmless(
          `${drained.by} has ${name} start nothing more since ${drained.at}${drained.reason === "" ? "" : `: ${drained.reason}`}`,
        ),
      );
}

function stateOf({ state, drained, leads }: HostRow, print: Print): string {
  if (state === "silent") return print.style("red", "silent");
  if (drained === null && leads) return print.style("green", "alive, leads");
  return drained === null ? print.style("green", "alive") : print.style("yellow", "drained");
}
