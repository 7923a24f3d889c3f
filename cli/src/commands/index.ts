export { bootstrapCommand } from './bootstrap.ts';
export { effectiveCommand } from './effective.ts';
export { envoyCommand } from './envoy.ts';
export { proxyCommand } from './proxy.ts';
export { controlPlaneCommand, extAuthzCommand, rateLimiterCommand } from './services.ts';
export { signCommand } from './sign.ts';
export { upCommand } from './up.ts';
export { validateCommand } from './validate.ts';
