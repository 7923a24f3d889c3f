export { CommandError } from '@paymesh/cli';
export { type ScrapeTarget, scrapeTargetsOf } from './dashboards/index.ts';
export {
  type Answer,
  editPolicy,
  percentile,
  runLoad,
  runLoadUntil,
  type ScenarioMesh,
  startScenarioMesh,
  until,
  type WireRequest,
} from './harness/index.ts';
