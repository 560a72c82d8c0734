import { readFileSync, writeFileSync } from "node:fs";
import type { Material } from "./list-materials.ts";

/** Adds the Node that a package brings to its bill of materials: `node packaging/add-node-to-materials.ts FILE VERSION SHA512`. */
const [file = "", version = "", sha512 = ""] = process.argv.slice(2);
const bill = JSON.parse(readFileSync(file, "utf8")) as { components: Material[] };
const node: Material = {
  type: "platform",
  name: "node",
  version,
  purl: `pkg:generic/node@${version}`,
  hashes: [{ alg: "SHA-512", content: sha512 }],
};
writeFileSync(file, `${JSON.stringify({ ...bill, components: [...bill.components, node] }, null, 2)}\n`);
