import { describe, expect, it } from "vitest";
import { startOtlpReceiver } from "../helpers/otlp-receiver.ts";
import type { OtlpReceiver, ReceivedSpan } from "../helpers/otlp-receiver.ts";
import { createScenario } from "../helpers/scenario.ts";

/** The spans of the deployment of one revision, with the rest of their trace. */
function traceOf({ spans }: OtlpReceiver, revision: string): readonly ReceivedSpan[] {
  const run = spans.find(
    ({ name, attributes }) => name.startsWith("RUN") && attributes["vcs.ref.head.revision"] === revision,
  );
  return spans.filter(({ traceId }) => traceId === run?.traceId);
}

function named(trace: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const found = trace.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span ${name} among ${trace.map((span) => span.name).join(", ")}`);
  return found;
}

const arrived = async (receiver: OtlpReceiver, revision: string): Promise<readonly ReceivedSpan[]> => {
  await expect.poll(() => traceOf(receiver, revision).length, { timeout: 20_000, interval: 200 }).toBeGreaterThan(0);
  return traceOf(receiver, revision);
};

describe("traces of a daemon", () => {
  it("tell one story from the delivery to the end, outlast a receiver that is down and a daemon that is killed, and send nothing twice", async () => {
    const receiver = await startOtlpReceiver();
    const scenario = await createScenario({
      server: `traces: { url: "${receiver.url}", headers: { authorization: "Bearer \${TRACES_TOKEN}", x-tenant: shop } }`,
    });
    scenario.with({ TRACES_TOKEN: "token-0123456789abcdef" });
    await scenario.start();
    const good = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.settled(good)).toMatchObject({ status: "succeeded" });

    const trace = await arrived(receiver, good);
    const [delivery, run] = [named(trace, "delivery git"), named(trace, "RUN shop/production")];
    expect(delivery).toMatchObject({
      parentSpanId: undefined,
      kind: 2,
      attributes: {
        "vcs.provider.name": "git",
        "vcs.owner.name": "acme",
        "vcs.repository.name": "shop",
        "http.response.status_code": "200",
        "fraisier.delivery.decision": "queued",
        "fraisier.delivery.verified_by": "signature",
      },
      events: [
        { name: "decided", attributes: { "fraisier.target": "shop/production", "fraisier.decision": "queued" } },
      ],
    });
    expect(run).toMatchObject({
      parentSpanId: delivery.spanId,
      kind: 2,
      error: undefined,
      attributes: {
        "cicd.pipeline.name": "shop/production",
        "cicd.pipeline.result": "success",
        "deployment.environment.name": "production",
        "deployment.status": "succeeded",
        "vcs.ref.head.name": "main",
        "vcs.ref.head.type": "branch",
        "vcs.ref.head.revision": good,
      },
    });
    expect(named(trace, "wait").parentSpanId).toBe(run.spanId);
    const phases = trace.filter(
      ({ attributes, parentSpanId }) => parentSpanId === run.spanId && "fraisier.phase" in attributes,
    );
    expect(phases.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["pulling_source", "restarting", "health_check"]),
    );
    const steps = trace.filter(({ attributes }) => "cicd.pipeline.task.run.id" in attributes);
    expect(steps.length).toBeGreaterThan(5);
    for (const step of steps) {
      const phase = phases.find(({ spanId }) => spanId === step.parentSpanId);
      expect(phase?.name).toBe(step.attributes["fraisier.phase"]);
      expect(step.attributes["cicd.pipeline.task.run.result"]).toBe("success");
    }
    for (const { name, startMs, endMs } of [...phases, ...steps])
      expect(startMs >= run.startMs && endMs <= run.endMs, name).toBe(true);
    expect(receiver.resources[0]).toMatchObject({ "service.name": "fraisier" });
    expect(receiver.headers[0]).toMatchObject({ authorization: "Bearer token-0123456789abcdef", "x-tenant": "shop" });
    expect((await scenario.fraisier("config", "show")).stdout).not.toContain("token-0123456789abcdef");
    expect((await scenario.fraisier("doctor", "--json")).stdout).toContain(`the receiver ${receiver.url} takes traces`);

    receiver.answer({ status: 503, body: "the disk is full" });
    const bad = await scenario.commit("2 broken");
    await scenario.push();
    expect(await scenario.settled(bad)).toMatchObject({ status: "rolled_back" });
    await expect
      .poll(async () => (await scenario.fraisier("status")).stdout, { timeout: 20_000, interval: 500 })
      .toContain(`Traces wait: ${receiver.url} answers 503: the disk is full.`);
    expect(scenario.daemonLog().match(/"level":40.*Traces wait/g)).toHaveLength(1);
    await scenario.stop("SIGKILL");
    receiver.answer(undefined);
    await scenario.start();

    const taken = await arrived(receiver, bad);
    expect(named(taken, "RUN shop/production")).toMatchObject({
      error: expect.stringContaining("500") as string,
      attributes: {
        "cicd.pipeline.result": "failure",
        "deployment.status": "rolled_back",
        "error.type": "check-health",
      },
    });
    expect(named(taken, "health_check").error).toContain("500");
    const rollback = named(taken, "rollback");
    expect(taken.filter(({ parentSpanId }) => parentSpanId === rollback.spanId).length).toBeGreaterThan(0);
    expect(named(taken, "delivery git").parentSpanId).toBeUndefined();

    const ids = receiver.spans.map(({ spanId }) => spanId);
    expect(new Set(ids).size).toBe(ids.length);
    const known = new Set(ids);
    expect(receiver.spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !known.has(parentSpanId))).toEqual(
      [],
    );
    expect(receiver.complaints).toEqual([]);
    expect(receiver.bodies.join("")).not.toContain("token-0123456789abcdef");
  });
});
