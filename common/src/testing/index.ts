export { accessRequests, accessSpecs } from './access-arbitraries.ts';
export { isChromiumAvailable, type ShownPage, showPage } from './chromium.ts';
export { eventually } from './eventually.ts';
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { type Flood, type FloodReport, printFlood, runFlood } from './flood.ts';
export { freePort } from './free-port.ts';
export { inTime } from './in-time.ts';
export { type NaiveRequest, naivelyAllows } from './naive-access.ts';
export { NUMBER } from './numbered-bytes.ts';
export { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.ts';
export { type PngImage, readPng } from './png.ts';
export {
  isPrometheusAvailable,
  type PrometheusProcess,
  type ScrapeTarget,
  startPrometheus,
} from './prometheus.ts';
export { startRedis } from './redis.ts';
export { type RedisCluster, type RedisClusterOptions, startRedisCluster } from './redis-cluster.ts';
export { isRedisAvailable, type RedisProcess } from './redis-process.ts';
export { type RedisSentinel, startRedisSentinel } from './redis-sentinel.ts';
export { isRedisTlsAvailable, makeRedisTls, type RedisTls, startRedisTls } from './redis-tls.ts';
export { heapGrowthOf, seriesIn, seriesOf } from './series.ts';
