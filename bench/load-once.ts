// Loads the fraises.yaml that is named, as a command does, and prints the milliseconds of processor time that it took.
import { families } from "../src/compose/app.ts";
import { loadConfig } from "../src/config/load.ts";

const [file = ""] = process.argv.slice(2);
const before = process.cpuUsage();
const { targets } = await loadConfig(file, families);
const { user, system } = process.cpuUsage(before);
if (targets.length === 0) throw new Error(`${file} has no targets`);
process.stdout.write(String((user + system) / 1_000));
