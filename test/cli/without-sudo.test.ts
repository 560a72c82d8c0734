import { execFile } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { createScenario, PROGRAM } from "../helpers/scenario.ts";
import type { CommandResult } from "../helpers/scenario.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const READERS = 64_242;
const OPERATORS = 64_243;

/** The script shows the command another /etc and /run, as the packages of fraisier make them, and runs it as nobody in some groups. */
const AS_MEMBER = `set -e
cp /etc/passwd /etc/group "$1"
[ ! -d /etc/ssl ] || cp -a /etc/ssl "$1"
printf 'fraisier-readers:x:${READERS}:\\nfraisier-operators:x:${OPERATORS}:\\n' >> "$1/group"
printf 'passwd: files\\ngroup: files\\n' > "$1/nsswitch.conf"
mount --bind "$1" /etc
mount -t tmpfs tmpfs /run
mkdir /run/fraisier && mount --bind "$2" /run/fraisier
groups=$3; shift 3
exec setpriv --reuid=65534 --regid=65534 "$groups" "$@"`;

it.runIf(process.getuid?.() === 0)(
  "asks the daemon by its sockets for members of the two groups, who may not open the store",
  async () => {
    const [sockets, etc] = [temporaryFolder(), temporaryFolder()];
    for (const folder of [sockets, etc]) chmodSync(folder, 0o755);
    const [read, control] = [join(sockets, "read.sock"), join(sockets, "control.sock")];
    const scenario = await createScenario({ server: `read_socket: ${read}, control_socket: ${control}` });
    mkdirSync(join(etc, "fraisier"), { mode: 0o750 });
    writeFileSync(join(etc, "fraisier/fraises.yaml"), "", { mode: 0o640 });
    await scenario.start();
    for (const [path, group] of [
      [read, READERS],
      [control, OPERATORS],
    ] as const) {
      chownSync(path, 0, group);
      chmodSync(path, 0o660);
    }
    const as = async (groups: readonly number[], ...args: readonly string[]): Promise<CommandResult> => {
      const argv = ["--mount", "sh", "-c", AS_MEMBER, "sh", etc, sockets];
      const given = groups.length === 0 ? "--clear-groups" : `--groups=${groups.join(",")}`;
      return await promisify(execFile)("unshare", [...argv, given, process.execPath, PROGRAM, ...args], {
        cwd: "/",
      }).then(
        ({ stdout, stderr }) => ({ exitCode: 0, stdout, stderr }),
        ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
          exitCode: code,
          stdout,
          stderr,
        }),
      );
    };

    expect(await as([READERS], "status")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await as([READERS], "lock", "--all", "--reason", "x")).toMatchObject({
      exitCode: 4,
      stderr: expect.stringMatching(/and you are not in the group fraisier-operators\nhint: Run it with sudo\./),
    });
    expect(await as([OPERATORS], "lock", "--all", "--reason", "database move")).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
    const locks = await as([READERS], "lock");
    expect(locks.stdout).toMatch(/every target .* nobody@\S+ \(control\.sock\) +database move/);
    expect(await as([], "status")).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining("you are not in the group fraisier-readers or fraisier-operators"),
    });
    await scenario.stop();
    expect(await as([OPERATORS], "status")).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/^fraisier: the daemon is not running: .*\nhint: sudo systemctl start fraisier/),
    });
  },
);
