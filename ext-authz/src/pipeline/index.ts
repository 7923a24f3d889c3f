export type { ClaimNonce, WantedClaim } from './claim-nonce.ts';
export { createPipeline, type Decide, type PipelineOptions } from './pipeline.ts';
