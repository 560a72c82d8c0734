/** The metadata of a phase in a few words: `lay-out-release, 120 of 120 files (3.4 MiB), node`. `show --json` has all of it. Pure. */
export function phaseDetail(facts: Readonly<Record<string, unknown>>): string {
  const { step, undo, files, files_total: total, bytes_total: bytes, project_type: type, error } = facts;
  const size = typeof bytes === "number" ? ` (${mebibytes(bytes)})` : "";
  const parts = [
    typeof step === "string" ? `${undo === true ? "undo " : ""}${step}` : "",
    typeof total === "number" ? `${typeof files === "number" ? `${files} of ` : ""}${total} files${size}` : "",
    typeof type === "string" ? type : "",
    typeof error === "string" ? (error.split("\n")[0] ?? "") : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function mebibytes(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
