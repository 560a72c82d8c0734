import { z } from "zod";
import type { fields } from "./fields.ts";

/** `health_check:`, or its URL alone. */
export function healthCheckKeys({ text, duration, bound }: ReturnType<typeof fields>) {
  const address = text.refine(
    (url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ""),
    "must be an http:// or https:// URL, like http://127.0.0.1:8000/health",
  );
  const object = z.strictObject({
    url: address.optional().describe("The URL that must answer; without it the service need only stay up"),
    expect_status: z.int().min(100).max(599).default(200).describe("The status it must answer with"),
    expect_body: text.optional().describe("Text that its body must contain"),
    timeout: bound.default(30_000).describe("Until when it must be healthy"),
    interval: duration.default(500).describe("How often it is asked"),
    stable_for: duration
      .default(5_000)
      .describe("How long it must stay healthy without a break, its unit neither failing nor restarting"),
  });
  return z.union([address.transform((url) => object.parse({ url })), object]);
}
