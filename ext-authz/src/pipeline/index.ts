export type { ClaimNonce } from './claim-nonce.ts';
export { createPipeline, type Decide, type PipelineOptions } from './pipeline.ts';
