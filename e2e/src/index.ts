export { CommandError } from '@paymesh/cli';
export {
  type Answer,
  editPolicy,
  percentile,
  runLoad,
  runLoadUntil,
  type ScenarioMesh,
  scrapeTargetsOf,
  startScenarioMesh,
  until,
  type WireRequest,
} from './harness/index.ts';
