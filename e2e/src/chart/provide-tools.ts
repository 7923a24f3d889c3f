// Run by npm test before the tests: what cannot be fetched is told, and its tests are skipped or, in CI, fail.
import { provideChartTools } from './tools.ts';

try {
  await provideChartTools(process.env, (step) => process.stderr.write(`${step}\n`));
} catch (error) {
  process.stderr.write(`paymesh: ${error instanceof Error ? error.message : String(error)}\n`);
}
