import { actPage } from "./acts/act-page.ts";
import { boardPage } from "./board/board-page.ts";
import { deliveriesPage } from "./deliveries/deliveries-page.ts";
import { deliveryPage } from "./deliveries/delivery-page.ts";
import { deploymentPage } from "./deployment/deployment-page.ts";
import { locksPage } from "./locks/locks-page.ts";
import type { Page } from "./page.ts";
import { statisticsPage } from "./statistics/statistics-page.ts";
import { jobPage, targetPage } from "./target/target-page.ts";

/** Every page of the dashboard that only reads. */
export const pages: readonly Page[] = [
  boardPage,
  targetPage,
  jobPage,
  actPage,
  deploymentPage,
  deliveriesPage,
  deliveryPage,
  statisticsPage,
  locksPage,
];
