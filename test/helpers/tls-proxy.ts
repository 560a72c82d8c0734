import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createServer } from "node:tls";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./temporary.ts";

/** Ends TLS at an address of this machine, as a proxy in front of fraisier does, and passes the bytes on. Gives its port, and the file of its certificate. */
export async function tlsProxy(address: string, behind: number): Promise<{ port: number; certificate: string }> {
  const folder = temporaryFolder();
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const subject = ["-subj", "/CN=deploy.example.com", "-addext", `subjectAltName=IP:${address}`];
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate];
  execFileSync("openssl", ["req", "-x509", "-days", "2", ...made, ...subject], { stdio: "ignore" });
  const proxy = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (client) => {
    const daemon = connect(behind, "127.0.0.1");
    client.on("error", () => daemon.destroy()).pipe(daemon);
    daemon.on("error", () => client.destroy()).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, address, resolve));
  onTestFinished(() => void proxy.close());
  const listening = proxy.address();
  if (listening === null || typeof listening === "string") throw new Error("the proxy has no port");
  return { port: listening.port, certificate };
}
