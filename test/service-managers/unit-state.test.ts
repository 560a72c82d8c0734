import { expect, it } from "vitest";
import { UnitUnusable } from "../../src/domain/errors.ts";
import { unitState } from "../../src/service-managers/unit-state.ts";

const shown = (more: string): string =>
  `LoadState=loaded\nSubState=dead\nResult=success\nNRestarts=0\nMainPID=0\n${more}`;

it("a oneshot unit that stays active after its end is up only while it is active", () => {
  const stopped = unitState("db.service", shown("ActiveState=inactive\nType=oneshot\nRemainAfterExit=yes"));
  expect(stopped).toMatchObject({ up: false, isActive: false, description: "inactive (dead)" });
  const ended = unitState("db.service", shown("ActiveState=active\nType=oneshot\nRemainAfterExit=yes"));
  expect(ended).toMatchObject({ up: true, isActive: true });
});

it("an inactive oneshot unit that does not stay active counts as done, and a stop would change nothing", () => {
  const done = unitState("once.service", shown("ActiveState=inactive\nType=oneshot\nRemainAfterExit=no"));
  expect(done).toMatchObject({ up: true, isActive: false, description: "done (oneshot)" });
});

it("a unit that is missing or masked is not the revision's fault", () => {
  for (const load of ["not-found", "masked", "bad-setting"])
    expect(() => unitState("shop.service", `LoadState=${load}`)).toThrow(UnitUnusable);
});
