// What accepting costs at least: a Hono route that reads the body, verifies its signature, and does nothing with it.
import { createHmac, timingSafeEqual } from "node:crypto";
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const secret = process.env["BENCH_SECRET"] ?? "";
const app = new Hono();

app.post("/webhook/github", async (context) => {
  const body = Buffer.from(await context.req.arrayBuffer());
  const expected = Buffer.from(`sha256=${createHmac("sha256", secret).update(body).digest("hex")}`);
  const given = Buffer.from(context.req.header("x-hub-signature-256") ?? "");
  if (given.byteLength !== expected.byteLength || !timingSafeEqual(given, expected)) {
    return context.json({ error: "wrong signature" }, 401);
  }
  return context.json({ accepted: true });
});

serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => {
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
});
