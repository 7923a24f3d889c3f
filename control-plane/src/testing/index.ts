export { expectGolden, type GoldenCase, goldenCases, renderJson } from './golden.ts';
