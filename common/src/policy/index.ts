export { ACCESS_FORMS, ACCESS_TOKEN_TYPES, BEARER, templateRegex } from './access/forms.ts';
export { checkPolicySet } from './check/check-policy-set.ts';
export { codes, type FindingCode } from './finding/codes.ts';
export { compareFindings } from './finding/compare-findings.ts';
export { findingLine } from './finding/finding-line.ts';
export { type FindingJson, findingToJson } from './finding/finding-to-json.ts';
export { type FormatOptions, formatFinding } from './finding/format-finding.ts';
export { coverages } from './kinds/signing-policy/component.ts';
export { type LoadedPolicies, type LoadOptions, loadPolicies } from './load-policies.ts';
export {
  type DescriptorEntry,
  descriptorEntries,
  entriesOfPair,
  LIMIT_PAIR,
  limitPairValue,
} from './names/descriptor-entries.ts';
export { isTimeZone } from './names/is-time-zone.ts';
export { costKey, takenKey } from './names/limit-metadata.ts';
export { policyId } from './names/policy-id.ts';
export { MAX_RATE_PERIOD_MS, ratePeriodMs } from './names/rate-period.ts';
export { parseSelector, printSelector } from './names/selector.ts';
export { type ParsedFiles, parsePolicyFiles } from './parse-policy-files.ts';
export { didYouMean, editDistance } from './schema/suggest.ts';
export type * from './types.ts';
export type { PolicyFile } from './yaml/compose-yaml.ts';
