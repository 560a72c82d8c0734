import type { Invocation } from "../command-entry.ts";
import { printStory } from "../print/print-story.ts";
import { withServer } from "../server/with-server.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";

export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  return await withServer(options, "look", async (server) => {
    const story = await server.why({ args, options });
    if (print.isJson) print.json(story);
    else printStory(story, print);
    return 0;
  });
}
