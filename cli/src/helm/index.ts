export { findHelm, type HelmSearch, helmCachePath, requireHelm } from './find-helm.ts';
export { installHelm } from './install.ts';
export { KUBERNETES_VERSION, type RenderOptions, renderChart, SIZES, type Size } from './render-chart.ts';
