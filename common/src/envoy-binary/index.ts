export { ENVOY_VERSION, type EnvoySearch, envoyCachePath, findEnvoy, requireEnvoy } from './find-envoy.ts';
