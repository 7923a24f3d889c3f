export { provideEnvoy } from './provide.ts';
