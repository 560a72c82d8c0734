/** Messages on the connection between a runner's relay and the unit that runs a command as another user. */
const FRAMES = ["job", "input", "end", "taken", "terminate", "output", "error", "exit", "failure"] as const;

export type FrameKind = (typeof FRAMES)[number];

/** A command as the unit gets it. It comes over the socket, so that neither argv nor a file shows its environment. */
export interface CommandJob {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Read by the command from its file descriptors 3 and up. */
  readonly texts: readonly string[];
  /** Whether frames `input` come, and then `end`. */
  readonly hasInput: boolean;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
}

/** How a command ended. */
export interface CommandExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

const HEAD = 5;
/** Only a job is large: its environment, and the options of its sandbox. */
const MAX_PAYLOAD = 16 * 1024 * 1024;

/** A byte for the kind, four for the length, and the payload. */
export function frame(kind: FrameKind, payload: Uint8Array | string = ""): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(HEAD);
  head.writeUInt8(FRAMES.indexOf(kind), 0);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** Takes bytes as they come and calls `onFrame` for each whole frame. @throws if the bytes are no frames. */
export function frameReader(onFrame: (kind: FrameKind, payload: Buffer) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let have = 0;
  let wanted = HEAD;
  return (chunk) => {
    chunks.push(chunk);
    have += chunk.length;
    while (have >= wanted) {
      const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      const kind = FRAMES[bytes.readUInt8(0)];
      const length = bytes.readUInt32BE(1);
      if (kind === undefined || length > MAX_PAYLOAD) throw new Error("the other end sends no frames of fraisier");
      wanted = HEAD + length;
      chunks = [bytes];
      if (have < wanted) return;
      chunks = [bytes.subarray(wanted)];
      have -= wanted;
      onFrame(kind, bytes.subarray(HEAD, wanted));
      wanted = HEAD;
    }
  };
}
