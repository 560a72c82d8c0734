import { boardPage } from "./board/board-page.ts";
import type { Page } from "./page.ts";

/** Every page of the dashboard that only reads. */
export const pages: readonly Page[] = [boardPage];
