import { expect, it } from "vitest";
import { StepFailed } from "../../src/domain/errors.ts";
import { redactor } from "../../src/domain/redact.ts";
import { errorFacts } from "../../src/pipeline/error-facts.ts";

it("an error is recorded with its stack and that of its cause, without secrets, and bounded", () => {
  const cause = new Error("connect to postgres://shop:s3cret-word@db failed");
  const error = new StepFailed("the database said s3cret-word", { cause });
  const facts = errorFacts(error, redactor(["s3cret-word"]));
  expect(facts).toMatchObject({ error: "the database said ***", error_name: "StepFailed" });
  expect(facts["error_stack"]).toMatch(/^StepFailed: the database said \*\*\*\n +at .*\ncaused by Error: connect to /s);
  expect(JSON.stringify(facts)).not.toContain("s3cret-word");
  expect(errorFacts(new Error("x".repeat(100_000)), String)["error_stack"]?.length).toBeLessThan(10_000);
  expect(errorFacts("a text", String)).toEqual({ error: "a text" });
});
