import { setTimeout as sleep } from "node:timers/promises";
import type { Feed, Watched } from "../../answers/following/feed.ts";
import { wholeLog } from "../../answers/following/whole-log.ts";
import type { StatusDocument } from "../../answers/schemas/status-document.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { harmless } from "../../domain/harmless.ts";
import { messageOf } from "../../domain/message-of.ts";
import { printLines } from "../deployments/print-log.ts";
import { createPrint } from "../print/print.ts";
import type { Print } from "../print/print.ts";
import { printDeployment } from "../print/print-deployment.ts";
import { boardLines, pageLines } from "./board-lines.ts";
import { deploymentOf, FIRST_STATE, markedTarget, pressed } from "./board-state.ts";
import type { BoardState } from "./board-state.ts";
import { openScreen } from "./open-screen.ts";
import type { Screen } from "./open-screen.ts";

/** The board is read no more often: a status asks much of a store with many targets. */
const PAUSE_MS = 500;

/** Shows targets on the whole terminal until a person quits. */
export async function watchTargets(feed: Feed, targets: Partial<TargetKey>, print: Print): Promise<void> {
  let state = FIRST_STATE;
  let status: StatusDocument | undefined;
  let wake = new AbortController();
  const change = (next: BoardState): void => {
    state = next;
    wake.abort();
  };
  using screen = openScreen({
    onKey: (key) => change(pressed(state, key, status?.targets ?? [])),
    onResize: () => wake.abort(),
  });
  // A key changes the state while this loop waits.
  const isOver = (): boolean => state.isOver;
  while (!isOver()) {
    const { signal } = (wake = new AbortController());
    try {
      status = await feed.status(targets);
      screen.draw(await linesOf({ feed, status, state, print }, screen));
    } catch (error) {
      // A store that is away for a moment ends no board.
      screen.draw([print.style("red", harmless(messageOf(error))), "", "Trying again. q quits."]);
    }
    await Promise.all([
      feed.news(shownIn(status, state) ?? { targets }, signal),
      sleep(PAUSE_MS, undefined, { signal }).catch(() => {}),
    ]);
  }
}

/** The deployment that fills the screen; undefined for the board of targets. */
function shownIn(status: StatusDocument | undefined, { view, ...state }: BoardState): Watched | undefined {
  const deployment = view === "board" ? undefined : deploymentOf(markedTarget(status?.targets ?? [], state));
  return deployment === undefined ? undefined : { deployment, withLog: view === "log" };
}

interface Shown {
  readonly feed: Feed;
  readonly status: StatusDocument;
  readonly state: BoardState;
  readonly print: Print;
}

async function linesOf({ feed, status, state, print }: Shown, { room, rows }: Screen): Promise<readonly string[]> {
  const size = { room, rows };
  const id = deploymentOf(markedTarget(status.targets, state));
  if (state.view === "board" || id === undefined) return boardLines(status, state, size, print);
  const page = captured(room);
  if (state.view === "deployment") {
    const document = await feed.deployment(id);
    if (document !== undefined) printDeployment(document, page.print);
  } else {
    printLines((await wholeLog(feed, id))?.lines ?? [], page.print);
  }
  return pageLines(page.lines(), state, size, print);
}

/** A stand-in for the terminal that keeps what is printed. */
function captured(columns: number): { readonly print: Print; lines(): readonly string[] } {
  let text = "";
  const print = createPrint(
    { isJson: false, times: "relative" },
    { isTTY: true, columns, write: (part: string) => (text += part) },
  );
  return { print, lines: () => text.split("\n").slice(0, -1) };
}
