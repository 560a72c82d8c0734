import { describe, expect, it } from "vitest";
import { unitRequest } from "../../src/sandbox/unit-request.ts";

const allowed = { "worker.service": ["restart", "reload"], "mail.socket": ["stop"] };
const ask = (line: string) => unitRequest(line.split(" "), allowed);
const fixed = ["systemctl", "--no-ask-password", "--no-pager"];

describe("systemctl in a sandbox", () => {
  it("does what is allowed, with harmless options, and answers questions about units that are named", () => {
    expect(ask("restart worker")).toEqual({ argv: [...fixed, "restart", "--", "worker.service"] });
    expect(ask("--quiet reload --no-block worker.service")).toEqual({
      argv: [...fixed, "--quiet", "--no-block", "reload", "--", "worker.service"],
    });
    expect(ask("is-active worker mail.socket")).toEqual({
      argv: [...fixed, "is-active", "--", "worker.service", "mail.socket"],
    });
  });

  it.each([
    "stop worker",
    "restart other.service",
    "restart worker other",
    "restart *",
    "restart mail.socket",
    "is-active other",
    "restart",
    "daemon-reload",
    "--user restart worker",
    "--root=/tmp restart worker",
    "-H host restart worker",
    "restart constructor",
    "restart toString",
  ])("refuses: %s", (line) => {
    expect(ask(line)).toEqual({ refusal: expect.any(String) as unknown });
  });
});
