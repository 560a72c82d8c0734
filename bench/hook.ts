import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { figure } from "./figure.ts";
import type { Part } from "./part.ts";
import { createRepository } from "./repository.ts";
import { straceArguments, traceAfter } from "./traced.ts";

const HOOK = join(import.meta.dirname, "../scripts/post-receive");
const BOUND_BY =
  "signing the delivery takes openssl, sending it takes curl, and sh forks for each substitution of a command.";

/** What the hook of a bare repository costs the person who pushes. */
export const hook: Part = {
  letter: "k",
  title: "scripts/post-receive, for a push of one branch",
  async run(folder) {
    const { bare, commit, configure } = await createRepository(folder);
    const [old, now] = [await commit("one"), await commit("two")];
    const server = createServer((request, response) => {
      request.resume().once("end", () => response.end("shop/production: queued\n"));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const secret = join(folder, "secret");
    writeFileSync(secret, "a secret of some length\n");
    await configure("fraisier.url", `http://127.0.0.1:${port}/webhook/git`);
    await configure("fraisier.secretFile", secret);
    const log = join(folder, "strace");
    const child = spawn("strace", [...straceArguments(log), HOOK], {
      cwd: bare,
      env: { ...process.env, GIT_DIR: "." },
      stdio: ["pipe", "ignore", "inherit"],
    });
    child.stdin?.end(`${old} ${now} refs/heads/main\n`);
    await once(child, "exit");
    server.close();
    const { programs, forks } = traceAfter(log, 0);
    return [
      figure("hook.forks", "processes that it forks", forks, { wanted: { most: 20 }, boundBy: BOUND_BY }),
      figure("hook.programs", "programs that it starts", programs.length - 1, {
        wanted: { most: 15 },
        boundBy: BOUND_BY,
      }),
    ];
  },
};
