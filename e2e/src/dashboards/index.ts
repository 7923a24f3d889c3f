export { type ScrapeTarget, scrapeTargetsOf } from './targets.ts';
