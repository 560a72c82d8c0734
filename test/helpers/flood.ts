import { connect } from "node:net";

/**
 * Strangers in a process of their own: `node flood.ts <port> <connections> <bytes> <addresses> <bytes at a time>`. Each connection announces a body and
 * sends it as fast as the other side takes it. One that was ended is not made again. Prints a line as soon as all are made, and ends with its input.
 */
const [port = 0, connections = 0, bytes = 0, addresses = 1, part = 65_536] = process.argv.slice(2).map(Number);
const block = Buffer.alloc(part, "a");
let underWay = 0;

for (let i = 0; i < connections; i++) {
  const socket = connect({ port, host: "127.0.0.1", localAddress: `127.0.0.${20 + (i % addresses)}` });
  underWay += 1;
  let left = bytes;
  const send = (): void => {
    while (left > 0) {
      left -= block.byteLength;
      if (!socket.write(block)) return;
    }
  };
  socket.on("connect", () => {
    const signature = `X-Hub-Signature-256: sha256=${"0".repeat(64)}`;
    const head = [
      "POST /webhook/github HTTP/1.1",
      "Host: x",
      "X-GitHub-Event: push",
      signature,
      `Content-Length: ${bytes}`,
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    send();
  });
  socket.on("drain", send);
  socket.on("data", () => undefined);
  // To be cut off is what strangers deserve.
  socket.on("error", () => undefined);
  socket.on("close", () => (underWay -= 1));
}

process.stdout.write("made\n");
process.stdin.resume();
process.stdin.on("end", () => {
  process.stdout.write(`${underWay} of ${connections} were still there\n`, () => process.exit());
});
