import { expect, it } from "vitest";
import { checkJson, detailJson, summaryJson } from "../../src/answers/deployments/deployment-json.ts";
import { stateJson } from "../../src/domain/target-state.ts";
import { API, freshStore, revision, wanted } from "../helpers/store.ts";

const keysOf = (value: object | undefined): string => Object.keys(value ?? {}).join(" ");

it("documents for scripts keep the names of their fields and the order", async () => {
  const store = await freshStore();
  const { deployment: id } = await store.queue.enqueue(API, "person", wanted(revision("a")));
  await store.queue.claim(id, { leaseMs: 60_000, claimer: "{}" });
  await store.queue.adopt(id, { owner: "me", kind: "process", identity: "{}" }, 60_000);
  await store.deployments.enterPhase(id, "me", { phase: "building", progress: 20, metadata: { files: 1 } });
  await store.deployments.journalStep(id, "me", {
    step: "build",
    phase: "building",
    status: "started",
    facts: '{"files":1}',
  });
  const check = { type: "http", name: "front", status: "passed", seen: "", isHostFault: false, durationMs: 1 } as const;
  const results = [{ ...check, at: new Date() }];
  await store.verifications.record({ target: API, revision: revision("a"), deployment: { id, owner: "me" }, results });

  const [listed] = await store.deployments.history({ limit: 1 });
  expect(keysOf(listed && summaryJson(listed))).toBe(
    "id fraise environment job trigger triggered_by revision ref_kind ref_name message status phase progress reason hint superseded_by attempt previous_revision queued_at started_at finished_at held_because override_by override_reason returns_to retry retry_limit retry_of not_before",
  );

  const detail = await store.deployments.detail(id);
  if (detail === undefined) throw new Error("it is on record");
  const shown = detailJson(detail);
  expect(keysOf(shown)).toBe("deployment phases steps");
  expect(keysOf(shown.deployment)).toBe(
    "id fraise environment job trigger triggered_by revision previous_pushed ref_kind ref_name forced message status phase progress reason hint superseded_by attempt previous_revision previous_deployment_id release_path lease_owner lease_expires_at runner_kind runner_identity cancel_requested_at cancel_requested_by queued_at started_at phase_changed_at finished_at held_because override_by override_reason returns_to stuck_since options retry retry_limit retry_of not_before may_pass is_bad settings",
  );
  expect(shown.deployment).toMatchObject({
    ref_kind: "branch",
    forced: 0,
    superseded_by: null,
    options: "{}",
    may_pass: 0,
  });
  expect(keysOf(shown.phases[0])).toBe("deployment_id sequence phase progress metadata at");
  expect(keysOf(shown.steps[0])).toBe(
    "deployment_id sequence step phase status facts error started_at finished_at duration_ms",
  );
  expect(shown.steps[0]?.facts).toBe('{"files":1}');
  const [seen] = await store.verifications.checks(id);
  expect(keysOf(seen && checkJson(seen, id))).toBe(
    "id sequence deployment_id fraise environment job revision type name status seen duration_ms at",
  );

  const [state] = await store.targets.status();
  expect(keysOf(state && stateJson(state))).toBe(
    "fraise environment job revision deployment_id previous_revision hold_reason hold_since updated_at drift drift_checked_at last_run_result last_run_exit_code last_run_at active_ref_kind active_ref_name active_since active_release running_id running_revision running_status running_phase running_progress running_since running_phase_changed_at running_stuck_since running_held_because waiting_id waiting_revision waiting_since waiting_held_because waiting_retry waiting_retry_limit waiting_not_before last_id last_status last_revision last_reason last_finished_at unrestored_id unrestored_revision unrestored_reason",
  );
});
