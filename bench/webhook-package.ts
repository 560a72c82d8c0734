import { run } from "./processes.ts";

/** Makes Debian's package of adnanh/webhook available where this user may install it. Returns why it is missing, or undefined. */
export async function provideWebhook(): Promise<string | undefined> {
  if (await isInstalled()) return undefined;
  if (process.getuid?.() !== 0) return "the program webhook is not installed (apt-get install webhook)";
  try {
    await run("apt-get", ["install", "--yes", "--no-install-recommends", "webhook"], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  } catch (error) {
    return `apt-get install webhook failed: ${(error as Error).message.split("\n")[0]}`;
  }
  return (await isInstalled()) ? undefined : "apt-get install webhook brought no program called webhook";
}

async function isInstalled(): Promise<boolean> {
  try {
    await run("webhook", ["-version"]);
    return true;
  } catch {
    return false;
  }
}
