export { CommandError } from '@paymesh/cli';
export {
  type Answer,
  editPolicy,
  percentile,
  runLoad,
  type ScenarioMesh,
  startScenarioMesh,
  until,
  type WireRequest,
} from './harness/index.ts';
