/** Loaded into every fraisier process of a test (`node --import`): once the file named by CLOCK_IS_BACK is there, the wall clock shows an hour earlier. */
import { existsSync } from "node:fs";

const HOUR_MS = 3_600_000;
const file = process.env["CLOCK_IS_BACK"] ?? "";
const RealDate = Date;

function offset(): number {
  return existsSync(file) ? HOUR_MS : 0;
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, parameters, newTarget) =>
    Reflect.construct(target, parameters.length === 0 ? [RealDate.now() - offset()] : parameters, newTarget) as Date,
  get: (target, key) => (key === "now" ? () => RealDate.now() - offset() : (Reflect.get(target, key) as unknown)),
});
