export { installEnvoy } from './install.ts';
