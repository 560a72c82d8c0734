import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "./processes.ts";

type Verb = "restart" | "status" | "stop";

/** The small service whose restart a deployment ends with; it sleeps. */
export interface Service {
  /** What restarts it. */
  readonly manager: "systemd" | "command";
  /** The value of `service:` in fraises.yaml. */
  readonly yaml: string;
  /** The same as a line of a shell script. */
  shell(verb: Verb): string;
  /** The names of the programs that belong to the service, and not to fraisier. */
  readonly programs: ReadonlySet<string>;
  remove(): Promise<void>;
}

/** Of systemd where that is what runs this machine, else of a script with a pid file. */
export async function createService(folder: string): Promise<Service> {
  return readFileSync("/proc/1/comm", "utf8").trim() === "systemd" && process.getuid?.() === 0
    ? await systemdService(`fraisier-bench-${process.pid}-${basename(folder)}.service`)
    : scriptService(folder);
}

async function systemdService(unit: string): Promise<Service> {
  // Below /run: gone with the next boot, whatever happens.
  const file = join("/run/systemd/system", unit);
  writeFileSync(file, "[Unit]\nDescription=fraisier benchmark\n[Service]\nExecStart=/bin/sleep infinity\n");
  await run("systemctl", ["daemon-reload"]);
  return {
    manager: "systemd",
    yaml: `{ manager: systemd, unit: ${unit} }`,
    programs: new Set(["systemctl"]),
    shell: (verb) => `systemctl ${verb === "status" ? "is-active --quiet" : verb} ${unit}`,
    async remove() {
      await run("systemctl", ["stop", unit]);
      rmSync(file);
      await run("systemctl", ["daemon-reload"]);
    },
  };
}

function scriptService(folder: string): Service {
  const script = join(folder, "service.sh");
  writeFileSync(
    script,
    `#!/bin/sh
pidfile="${folder}/service.pid"
stop() { [ -f "$pidfile" ] && kill "$(cat "$pidfile")" 2>/dev/null; rm -f "$pidfile"; }
case $1 in
  restart)
    stop
    setsid --fork sh -c 'echo $$ > "$0"; exec sleep infinity' "$pidfile" > /dev/null 2>&1 < /dev/null
    until [ -s "$pidfile" ]; do sleep 0.01; done ;;
  status) kill -0 "$(cat "$pidfile")" ;;
  stop) stop; true ;;
esac
`,
    { mode: 0o755 },
  );
  const argv = (verb: Verb): string => `[${script}, ${verb}]`;
  return {
    manager: "command",
    yaml: `{ manager: command, restart: ${argv("restart")}, status: ${argv("status")}, stop: ${argv("stop")} }`,
    programs: new Set(["service.sh", "sh", "setsid", "sleep", "cat", "rm"]),
    shell: (verb) => `"${script}" ${verb}`,
    remove: async () => void (await run(script, ["stop"])),
  };
}
