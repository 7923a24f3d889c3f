export { benchScrape } from './bench-scrape.ts';
