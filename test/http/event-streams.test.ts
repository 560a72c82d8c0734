import { expect, it, onTestFinished, vi } from "vitest";
import { createEventStreams } from "../../src/http/api/events/event-streams.ts";
import { eventTexts } from "../../src/http/api/events/event-texts.ts";
import { createLog } from "../../src/log.ts";

function streams() {
  return createEventStreams({
    store: { writeMark: () => 0, onPoke: () => () => {} },
    sources: () => Promise.reject(new Error("nobody asks")),
    log: createLog((text) => text),
  });
}

async function* forever(): AsyncGenerator<string> {
  for (;;) yield await Promise.resolve("data: x\n\n");
}

it("a client that takes nothing for a minute is cut off and counted, and makes no texts meanwhile", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const open = streams();
  const cut = vi.fn<() => void>();
  const place = open.enter("token 1");
  const reader = place?.body(forever(), cut).getReader();
  await reader?.read();
  vi.advanceTimersByTime(59_000);
  // A client that reads, however slowly, stays.
  await reader?.read();
  vi.advanceTimersByTime(59_000);
  expect([cut.mock.calls.length, open.counts()]).toEqual([0, { open: 1, refused: 0, slow: 0 }]);
  vi.advanceTimersByTime(2_000);
  expect([cut.mock.calls.length, open.counts()]).toEqual([1, { open: 0, refused: 0, slow: 1 }]);
});

it("a stream in which nothing happens keeps its connection alive, and its client's place up to date", async () => {
  const source = {
    now: () => Promise.reject(new Error("nobody asks")),
    find: () => Promise.reject(new Error("nobody asks")),
    after: async () => ({ events: [], cursor: { sequence: 9, at: "1970-01-01T00:00:00.001Z" }, isWhole: true }),
  };
  const ear = { wait: async () => "quiet" as const, end: () => {} };
  const parts = { source, ear, signal: new AbortController().signal, isStillIn: async () => true };
  const texts = eventTexts({ ...parts, cursor: { sequence: 7, at: "1970-01-01T00:00:00.001Z" } });
  const next = async () => (await texts.next()).value as string;
  expect(await next()).toBe("retry: 2000\nid: 7-1\n\n");
  expect(await next()).toBe(": keep-alive\nid: 7-1\n\n");
  expect(await next()).toBe(": keep-alive\nid: 9-1\n\n");
});
