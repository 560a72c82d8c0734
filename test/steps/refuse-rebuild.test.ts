import { describe, expect, it } from "vitest";
import { refuseRebuild } from "../../src/steps/database/refuse-rebuild.ts";
import { messageOf } from "../../src/domain/message-of.ts";

type Look = Parameters<typeof refuseRebuild>[0];

const refusal = (environment: string, trigger: Look["deployment"]["trigger"], forced: string): string | undefined => {
  const target = { fraise: "shop", environment, job: "" } as Look["target"];
  try {
    refuseRebuild({ target, deployment: { trigger }, env: { FRAISIER_FORCE_REBUILD: forced } });
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
};

describe("emptying a database for strategy rebuild", () => {
  it.each([
    ["staging", "delivery", ""],
    ["development", "person", ""],
    ["production", "person", "shop/production"],
  ] as const)("is allowed in %s for a %s with FRAISIER_FORCE_REBUILD=%j", (environment, trigger, forced) => {
    expect(refusal(environment, trigger, forced)).toBeUndefined();
  });

  it.each([
    ["production", "delivery", "shop/production"],
    ["production", "sweep", "shop/production"],
    ["production", "rollback", "shop/production"],
    ["production", "person", ""],
    ["production", "person", "shop/staging"],
    ["production", "person", "1"],
  ] as const)("is refused in %s for a %s with FRAISIER_FORCE_REBUILD=%j", (environment, trigger, forced) => {
    expect(refusal(environment, trigger, forced)).toBe("strategy rebuild would empty the database of shop/production");
  });
});
