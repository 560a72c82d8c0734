import { expect, it } from "vitest";
import { phaseDetail } from "../../src/cli/print/phase-detail.ts";

it.each([
  [{ step: "fetch-source" }, "fetch-source"],
  [
    { step: "lay-out-release", files: 120, files_total: 120, bytes_total: 3_565_158, project_type: "node" },
    "lay-out-release, 120 of 120 files (3.4 MiB), node",
  ],
  [{ step: "advance-checkout", files_total: 3, bytes_total: 5 }, "advance-checkout, 3 files (1 KiB)"],
  [
    { step: "build", error: "build ended with exit code 1\nsecond line", error_stack: "a\nb" },
    "build, build ended with exit code 1",
  ],
  [{ step: "keep-service", undo: true }, "undo keep-service"],
  [{ status: "succeeded", reason: "" }, ""],
])("a phase says with what it went on: %j", (metadata, text) => {
  expect(phaseDetail(metadata)).toBe(text);
});
