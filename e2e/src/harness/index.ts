export { type BrownOut, startBrownOut } from './brown-out.ts';
export { chargeRequest } from './charge-request.ts';
export { editPolicy, type PolicyEdit } from './edit-policy.ts';
export { percentile, runLoad, runLoadUntil, type Sent, statusCounts } from './load.ts';
export { type Answer, createMerchant, type Merchant, paymentOf, type WireRequest } from './merchant.ts';
export { type ScenarioMesh, startScenarioMesh } from './mesh.ts';
export { allBalanced, chargeSummary, until } from './money.ts';
export { createAlipay, createWechat, type TellingProvider } from './provider.ts';
export { type RawAnswer, type RawRequest, sendBytes, sendHttp1, sendHttp2 } from './raw-http.ts';
export { createExpectations, type Expectations, type Scenario, type Verdict } from './scenario.ts';
export { scrapeTargetsOf } from './scrape-targets.ts';
export {
  type PassedRequest,
  type SignedGateway,
  type SignedGatewayOptions,
  startSignedGateway,
} from './signed-gateway.ts';
export { sumOfMetric } from './sum-of-metric.ts';
