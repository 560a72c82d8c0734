import { actPage } from "./acts/act-page.ts";
import { boardPage } from "./board/board-page.ts";
import type { Page } from "./page.ts";
import { jobPage, targetPage } from "./target/target-page.ts";

/** Every page of the dashboard that only reads. */
export const pages: readonly Page[] = [boardPage, targetPage, jobPage, actPage];
