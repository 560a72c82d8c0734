import { readdirSync, readFileSync } from "node:fs";

/** Parts of fraisier, and the programs that it starts, by what dies with them. */
export type Part = "runner" | "daemon" | "git" | "service manager" | "database" | "command";

/** A process that a campaign may kill. */
export interface Victim {
  readonly pid: number;
  readonly part: Part;
  readonly command: string;
}

interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly command: string;
  readonly deployment: string | undefined;
}

/** Whose processes are looked for. */
export interface Owners {
  readonly daemon: number | undefined;
  readonly runners: readonly number[];
  /** Deployments of this campaign: their commands carry the name of the deployment in their environment. */
  readonly deployments: ReadonlySet<string>;
}

/** A web service belongs to the host: what starts or runs one is left alone, as only a person would end it. */
const WEB_SERVICE = /service\.js|\.pid;/;
const PARTS: readonly (readonly [Part, RegExp])[] = [
  ["git", /^git/],
  ["service manager", /^(systemctl|systemd-run|journalctl)/],
  ["database", /^(sqlite3|psql|pg_dump|pg_restore|mysql|mariadb|flock)/],
];

/** Every process of the daemon, of its runners, and of what these have started. */
export function findVictims({ daemon, runners, deployments }: Owners): readonly Victim[] {
  const all = processes();
  const ours = new Set([...runners, ...(daemon === undefined ? [] : [daemon])]);
  for (let before = -1; before !== ours.size;) {
    before = ours.size;
    for (const { pid, parent, deployment } of all)
      if (ours.has(parent) || (deployment !== undefined && deployments.has(deployment))) ours.add(pid);
  }
  return all
    .filter(({ pid, command }) => ours.has(pid) && !WEB_SERVICE.test(command))
    .map(({ pid, name, command }) => ({ pid, command, part: partOf({ pid, name, command }, daemon, runners) }));
}

function partOf(
  { pid, name, command }: Pick<Seen, "pid" | "name" | "command">,
  daemon: number | undefined,
  runners: readonly number[],
): Part {
  if (pid === daemon) return "daemon";
  if (runners.includes(pid)) return "runner";
  if (/service-[\w-]+\.sh (restart|stop|status)/.test(command)) return "service manager";
  return PARTS.find(([, pattern]) => pattern.test(name))?.[0] ?? "command";
}

function processes(): readonly Seen[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        // The name stands in brackets and may hold anything.
        const [state = "", parent = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        if (state === "Z" || state === "X") return [];
        const environment = readFileSync(`/proc/${name}/environ`, "latin1");
        return [
          {
            pid: Number(name),
            parent: Number(parent),
            name: stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")),
            command: readFileSync(`/proc/${name}/cmdline`, "latin1").replaceAll("\0", " ").trim(),
            deployment: /(?:^|\0)FRAISIER_DEPLOYMENT=(\w+)/.exec(environment)?.[1],
          },
        ];
      } catch {
        // It ended meanwhile, or is another user's.
        return [];
      }
    });
}
