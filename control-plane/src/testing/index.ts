export { type FixtureInput, fixture } from './fixture.ts';
export { expectGolden, type GoldenCase, goldenCases, renderJson } from './golden.ts';
