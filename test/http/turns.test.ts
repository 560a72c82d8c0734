import { describe, expect, it } from "vitest";
import { createTurns } from "../../src/http/turns.ts";

/** So many turns of the event loop, in each of which `act` happens before those who wait are asked. */
async function turns(count: number, act: () => void = () => {}): Promise<void> {
  for (let i = 0; i < count; i++) {
    act();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

describe("bodies that are received in turns", () => {
  it("go on a few at a time, in the order in which they came, each again behind the others", async () => {
    const { wait } = createTurns();
    const served: number[] = [];
    const body = (name: number): void =>
      wait(() => {
        served.push(name);
        if (served.length < 100) body(name);
      });
    for (let name = 0; name < 10; name++) body(name);
    await turns(40);
    expect(served.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, index) => index % 10));
  });

  it("wait while connections arrive, so that one which stands behind a thousand is accepted before they have all sent theirs", async () => {
    const { wait, arrived } = createTurns();
    let received = 0;
    const body = (): void =>
      wait(() => {
        received += 1;
        body();
      });
    for (let i = 0; i < 16; i++) body();
    await turns(1_000, arrived);
    expect(received).toBeLessThan(1_000 / 10);
    // A flood of connections stops no body for ever.
    expect(received).toBeGreaterThan(1_000 / 30);
    const before = received;
    await turns(100);
    expect(received - before).toBeGreaterThan(300);
  });

  it("are asked once per turn, whoever asks again at once", async () => {
    const { wait } = createTurns();
    let received = 0;
    const body = (): void =>
      wait(() => {
        received += 1;
        body();
      });
    body();
    await turns(50);
    expect(received).toBeLessThanOrEqual(51);
  });
});
