import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { families } from "../../src/compose/app.ts";
import { parseConfig } from "../../src/config/load.ts";
import { localProcesses } from "../../src/host/local-processes.ts";
import type { Command, ProcessOptions, ProcessResult } from "../../src/host/processes.ts";
import { placesOf } from "../../src/pipeline/places.ts";
import { confine } from "../../src/sandbox/confine.ts";
import { asNobody } from "../helpers/as-nobody.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const isRoot = process.getuid?.() === 0;

interface Scene {
  readonly folder: string;
  readonly release: string;
  /** Runs a command in the release. */
  run(command: Command, options?: Partial<ProcessOptions>): Promise<ProcessResult>;
}

/** A release below /tmp, and the processes of a target with these settings. `$FOLDER` in them is the folder around everything. */
function sceneOf(settings = "", layout: "releases" | "in_place" = "releases"): Scene {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const app = join(folder, "srv/shop");
  const text = `git: { github: { webhook_secret: s3cret } }
fraises:
  shop:
    type: api
    repository: acme/shop
    environments:
      production:
        branch: main
        app_path: ${app}
        layout: ${layout}
        sandbox: required
${settings.replaceAll("$FOLDER", folder).replaceAll(/^/gm, "        ")}
`;
  const [target] = parseConfig(text, "fraises.yaml", families, {}).targets;
  if (target === undefined) throw new Error("there is a target");
  const stateDirectory = join(folder, "state");
  const folders = placesOf(target, "1", stateDirectory);
  for (const each of [folders.release, folders.shared, join(app, "releases/0"), stateDirectory])
    mkdirSync(each, { recursive: true });
  writeFileSync(join(stateDirectory, "secret"), "secret\n");
  writeFileSync(join(app, "releases/0/old"), "another release\n");
  const processes = confine({ processes: localProcesses, target, folders, stateDirectory });
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin:/opt/tools", HOME: "/root" };
  return {
    folder,
    release: folders.release,
    run: (command, options = {}) =>
      processes.run(command, { cwd: folders.release, env, timeoutMs: 30_000, ...options }),
  };
}

describe("a command of a repository", () => {
  it("finds its release and `shared` writable, and nothing else of fraisier's", async () => {
    const { folder, release, run } = sceneOf();
    const result = await run(
      `pwd; touch here ../../shared/there; ls ..; ls ../../../../state /etc/fraisier /var/lib /root /run /srv/shop 2>&1; ls -A "$HOME" /`,
    );
    expect(existsSync(join(release, "here")) && existsSync(join(folder, "srv/shop/shared/there"))).toBe(true);
    expect(result.stdout.split("\n").slice(0, 2)).toEqual([release, "1"]);
    for (const hidden of ["state", "fraisier", "lib", "run"])
      expect(result.stdout).toMatch(new RegExp(`cannot access '\\S*/${hidden}'`));
    expect(result.stdout).not.toMatch(/^(opt|srv|boot|media|mnt|sys|work|old|secret)$/m);
  });

  it("sees only its own processes, and can reach neither bus nor sockets", async () => {
    const { run } = sceneOf();
    const { stdout } = await run(
      "ls -d /proc/[0-9]* | wc -l; cat /proc/1/comm; ls -d /run/* /var/run/* /tmp/* /dev/mem /dev/sd* 2>/dev/null; id -un; grep NoNewPrivs /proc/self/status",
    );
    const [count, first, ...rest] = stdout.trim().split("\n");
    expect(Number(count)).toBeLessThan(8);
    expect(first).toBe("bwrap");
    // Of /tmp only the way to the release is there.
    expect(rest.filter((line) => !line.startsWith("/tmp/fraisier-test-"))).toEqual([
      isRoot ? "root" : expect.any(String),
      "NoNewPrivs:\t1",
    ]);
  });

  it("cannot write into /usr, /etc, / or .git, and can write into its home, /tmp and the checkout", async () => {
    const { release, run } = sceneOf("", "in_place");
    mkdirSync(join(release, ".git"));
    writeFileSync(join(release, ".git/config"), "[core]\n");
    const { stdout } = await run(
      'for file in /usr/x /etc/x /x .git/config "$HOME/x" /tmp/x /var/tmp/x x; do (echo x >> "$file") 2> /dev/null && echo "$file"; done; mv .git g 2> /dev/null || echo stays; true',
    );
    expect(
      stdout
        .replace(/^\/(root|home\/\w+)\/x$/m, "home")
        .trim()
        .split("\n"),
    ).toEqual(["home", "/tmp/x", "/var/tmp/x", "x", "stays"]);
    expect(readFileSync(join(release, ".git/config"), "utf8")).toBe("[core]\n");
  });

  it("finds what `cache` names as an earlier command left it, and a new home otherwise", async () => {
    const { folder, run } = sceneOf("cache: [~/.npm, .next/cache]");
    await run("echo kept > ~/.npm/file; echo built > .next/cache/file; echo lost > ~/file");
    const { stdout } = await run("cat ~/.npm/file .next/cache/file; ls ~/file 2> /dev/null || echo gone");
    expect(stdout).toBe("kept\nbuilt\ngone\n");
    expect(readFileSync(join(folder, "state/caches/shop+production/~%2F.npm/file"), "utf8")).toBe("kept\n");
  });

  it("finds credentials at the place that is named, and cannot change them", async () => {
    const { folder, run } = sceneOf('credentials: { "~/.npmrc": $FOLDER/shop.npmrc }');
    writeFileSync(join(folder, "shop.npmrc"), "token\n");
    expect((await run("cat ~/.npmrc; echo other > ~/.npmrc || echo no")).stdout).toBe("token\nno\n");
    expect(readFileSync(join(folder, "shop.npmrc"), "utf8")).toBe("token\n");
  });

  it("reaches the sockets, paths and devices that `allow` names", async () => {
    const { folder, run } = sceneOf(
      "allow: { sockets: [$FOLDER/run], paths: [$FOLDER/data, { path: $FOLDER/out, writable: true }], devices: [/dev/loop-control] }",
    );
    for (const each of ["run", "data", "out"]) mkdirSync(join(folder, each));
    writeFileSync(join(folder, "data/file"), "data\n");
    const server = createServer((socket) => socket.end("hello\n")).listen(join(folder, "run/socket"));
    onTestFinished(() => void server.close());
    const ask = `import socket; s = socket.socket(socket.AF_UNIX); s.connect("${folder}/run/socket"); print(s.recv(9).decode(), end="")`;
    const { stdout } = await run(
      `python3 -c '${ask}'; cat ${folder}/data/file; touch ${folder}/data/x 2> /dev/null || echo read-only; touch ${folder}/out/x && echo written; ls /dev/loop-control`,
    );
    expect(stdout.trim().split("\n").slice(0, 4)).toEqual(["hello", "data", "read-only", "written"]);
  });

  it.runIf(existsSync("/usr/bin/systemctl"))(
    "asks systemd for the units and verbs that `allow` names, and for no other",
    async () => {
      const { run } = sceneOf("allow: { units: { worker.service: [restart] } }");
      const lines: string[] = [];
      const { stdout } = await run(
        "systemctl stop worker; echo $?; systemctl restart other 2>&1; systemctl restart worker; echo $?",
        {
          onLine: (_, line) => void lines.push(line),
        },
      );
      expect(stdout).toMatch(
        /^1\nsystemctl: this target may not restart other\.service; in fraises\.yaml: allow: \{ units: .*\n[15]\n$/,
      );
      expect(lines.filter((line) => line.startsWith("fraisier: "))).toEqual([
        expect.stringContaining("refused: systemctl stop worker: this target may not stop worker.service"),
        expect.stringContaining("refused: systemctl restart other"),
        expect.stringMatching(/^fraisier: systemctl restart worker: exit code [15]$/),
      ]);
    },
  );

  it("has no network if `network: off`", async () => {
    const server = createServer((socket) => socket.end("hello\n")).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const ask = `python3 -c 'import socket; print(socket.create_connection(("127.0.0.1", ${port})).recv(9).decode())' 2>&1`;
    expect((await sceneOf().run(ask)).stdout).toMatch(/^hello/);
    expect((await sceneOf("network: off").run(ask)).stdout).toMatch(/Connection refused|unreachable/);
  });

  it.runIf(isRoot)("runs as the user that is named, with a home of its own", async () => {
    const { release, run } = sceneOf("allow: { units: { worker.service: [restart] } }");
    chownSync(release, 65_534, 65_534);
    const { stdout } = await run(
      'id -un; id -gn; echo "$HOME"; touch mine; stat -c %U mine; touch ~/x && echo home; systemctl stop worker 2>&1 | cut -c1-10',
      {
        user: "nobody",
      },
    );
    expect(stdout).toBe("nobody\nnogroup\n/home/nobody\nnobody\nhome\nsystemctl:\n");
  });
});

describe("a command in the sandbox that ends", () => {
  it("keeps its exit code, its output and its input", async () => {
    const { run } = sceneOf();
    expect(await run("cat; echo to err >&2; exit 7", { input: "from in\n" })).toMatchObject({
      exitCode: 7,
      stdout: "from in\n",
      tail: expect.stringContaining("to err") as unknown,
    });
    expect(await run(["printf", "%s|", "a b", "$HOME"])).toMatchObject({ exitCode: 0, stdout: "a b|$HOME|" });
  });

  it("may clean up after SIGTERM when it is aborted", async () => {
    const { run } = sceneOf();
    const abort = new AbortController();
    const result = await run("trap 'sleep 0.3; echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.05; done", {
      signal: abort.signal,
      onLine: () => abort.abort(),
    });
    expect(result).toMatchObject({ aborted: true, stdout: "ready\ncleaned\n" });
  });

  it("leaves nothing running, whatever it started in sessions of their own", async () => {
    const { release, run } = sceneOf();
    const mark = `mark-${release.split("/").at(-4)}`;
    const line = `setsid --fork sh -c 'exec -a ${mark} sleep 300' > /dev/null 2>&1 < /dev/null`;
    await run(["bash", "-c", line.replace("sh -c", "bash -c")]);
    expect(await isGone(mark)).toBe(true);
    const stubborn = `trap '' TERM; ${line.replace("sh -c", "bash -c")}; sleep 300`;
    const result = await run(["bash", "-c", stubborn], { timeoutMs: 700, graceMs: 300 });
    expect(result).toMatchObject({ timedOut: true });
    expect(await isGone(mark)).toBe(true);
  });
});

describe.runIf(isRoot)("a sandbox of an ordinary user", () => {
  it("is made without any right, and its processes are found by their mark from outside", async () => {
    const printed = await asNobody(`
      import { mkdtempSync, mkdirSync } from "node:fs";
      import { localProcesses } from "$SRC/host/local-processes.ts";
      import { confine } from "$SRC/sandbox/confine.ts";
      const app = mkdtempSync("/tmp/fraisier-test-nobody-");
      mkdirSync(app + "/releases/1", { recursive: true });
      const folders = { app, releases: app + "/releases", release: app + "/releases/1", shared: app + "/shared", current: app + "/current" };
      const sandbox = { mode: "required", network: "on", cache: [], credentials: {}, allow: { sockets: [], paths: [], devices: [], units: {} } };
      const target = { fraise: "shop", environment: "production", job: "", settings: { sandbox, user: undefined } };
      const { run, endMarked } = confine({ processes: localProcesses, target, folders, stateDirectory: app });
      const env = { PATH: "/usr/bin:/bin", FRAISIER_DEPLOYMENT: app };
      const line = "setsid --fork sleep 303; echo ready; sleep 304";
      let ended;
      const onLine = () => { ended = endMarked(["FRAISIER_DEPLOYMENT", app]); };
      const { exitCode, signal } = await run(line, { cwd: folders.release, env, timeoutMs: 30_000, onLine });
      console.log(JSON.stringify({ exitCode, signal: signal ?? null, ended: (await ended) >= 3, again: await endMarked(["FRAISIER_DEPLOYMENT", app]) }));
      const { rmSync } = await import("node:fs");
      rmSync(app, { recursive: true });`);
    expect(JSON.parse(printed)).toEqual({ exitCode: 143, signal: null, ended: true, again: 0 });
  });
});

describe("a sandbox that lacks something", () => {
  it("names the program that the machine has and the sandbox does not", async () => {
    const { folder, run } = sceneOf();
    mkdirSync(join(folder, "tools"));
    writeFileSync(join(folder, "tools/brew"), "#!/bin/sh\n", { mode: 0o755 });
    const env = { PATH: `${folder}/tools:/usr/bin:/bin` };
    await expect(run(["brew"], { env })).rejects.toMatchObject({
      message: `brew is ${folder}/tools/brew, which the sandbox does not show`,
      hint: expect.stringContaining(`allow: { paths: [${folder}/tools/brew] }`) as unknown,
    });
    const shell = await run("brew --version", { env });
    expect(shell.exitCode).toBe(127);
    expect(shell.tail).toContain(`allow: { paths: [${folder}/tools/brew] }`);
    await expect(run(["no-such-program"], { env })).rejects.toThrow("there is no program no-such-program");
    await expect(run(["true"], { cwd: join(folder, "absent") })).rejects.toThrow(/there is no folder/);
  });

  it("says what to do if a database's socket or docker is out of reach", async () => {
    const { run } = sceneOf();
    const said = async (line: string): Promise<string> => (await run(`echo '${line}' >&2; exit 1`)).tail;
    expect(
      await said(
        'connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: No such file or directory',
      ),
    ).toContain("allow: { sockets:");
    expect(await said("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.")).toContain("docker.sock");
    expect(await said("nothing known")).not.toContain("fraisier:");
  });

  it("refuses to begin if what `allow` names is not on the machine", async () => {
    const { run } = sceneOf("allow: { paths: [/no/such/place] }");
    await expect(run("true")).rejects.toThrow("allow.paths names /no/such/place, which is not on this machine");
  });
});

describe("fraises.yaml", () => {
  it("refuses places that no sandbox can have", () => {
    expect(() => sceneOf("allow: { paths: [/] }")).toThrow(/problem/);
    expect(() => sceneOf("allow: { sockets: [run/x] }")).toThrow(/problem/);
    expect(() => sceneOf("cache: [../other]")).toThrow(/problem/);
    expect(() => sceneOf('credentials: { "~/.npmrc": relative }')).toThrow(/problem/);
  });
});

async function isGone(argument: string): Promise<boolean> {
  const find = async (): Promise<boolean> =>
    (await localProcesses.run(["pgrep", "-f", `^${argument}`], { env: { PATH: "/usr/bin:/bin" }, timeoutMs: 5_000 }))
      .exitCode !== 0;
  for (let i = 0; i < 50 && !(await find()); i++) await sleep(50);
  return await find();
}
