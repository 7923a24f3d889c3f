// What the control plane serves to a rate limiter: policies as text, under a resource type of our own.
export { type PolicySet, PolicySetSchema } from '../envoy/gen/paymesh/config/v1/policy_set_pb.ts';
export { isLimiterName, isLimiterNode, limiterNode } from './limiter-node.ts';
export { POLICY_SET_TYPE_URL } from './type-url.ts';
