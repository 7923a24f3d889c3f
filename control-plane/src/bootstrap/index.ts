export { type BootstrapInput, bootstrapFor } from './bootstrap-for.ts';
