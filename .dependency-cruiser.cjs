// The import rules of ARCHITECTURE.md.
const services = ['control-plane', 'ext-authz', 'rate-limiter'];
const pureRooms =
  '^(common/src/policy|control-plane/src/(ir|compiler|translator)|ext-authz/src/(pipeline|signature|access)|rate-limiter/src/(match|algorithm))/';
const io = '^(node:)?(fs|net|http|https|http2|dgram|child_process|dns|tls|worker_threads)(/|$)';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'common-is-a-leaf',
      comment: 'common imports no other workspace',
      severity: 'error',
      from: { path: '^common/' },
      to: { path: '^(control-plane|ext-authz|rate-limiter|cli|e2e|bench|sample-services)/' },
    },
    ...services.map((service) => ({
      name: `${service}-meets-others-on-the-wire`,
      comment: 'services never import each other',
      severity: 'error',
      from: { path: `^${service}/` },
      to: {
        path: `^(${[...services.filter((other) => other !== service), 'cli', 'e2e', 'bench', 'sample-services'].join('|')})/`,
      },
    })),
    {
      name: 'samples-know-no-policy',
      comment: 'what signs their requests is the one thing of a service that they use',
      severity: 'error',
      from: { path: '^sample-services/' },
      to: {
        path: '^(control-plane|ext-authz|rate-limiter|cli|e2e|bench|common/src/policy|common/src/envoy|common/src/envoy-auth|common/src/envoy-ratelimit|common/src/envoy-rlqs|common/src/envoy-discovery)/',
        pathNot: '^ext-authz/src/client/index\\.ts$',
      },
    },
    {
      name: 'samples-never-import-each-other',
      severity: 'error',
      from: { path: '^sample-services/(orders|payments|ledger|risk|psp-wechat|psp-alipay)/' },
      to: { path: '^sample-services/(?!kit/)', pathNot: '^sample-services/$1/' },
    },
    {
      name: 'pure-rooms-do-no-io',
      severity: 'error',
      from: { path: pureRooms, pathNot: '\\.test\\.ts$' },
      to: { path: io },
    },
    {
      name: 'envoy-types-at-the-edges',
      comment: 'Envoy types appear only where messages are built or read',
      severity: 'error',
      from: {
        path: '^(control-plane|ext-authz|rate-limiter)/src/',
        pathNot:
          '^(control-plane/src/(translator|snapshot|server)|ext-authz/src/check|rate-limiter/src/(rls|rlqs|served))/|\\.test\\.ts$|/main\\.ts$|/testing/',
      },
      to: { path: '^common/src/(envoy|envoy-auth|envoy-ratelimit|envoy-rlqs|envoy-discovery)/' },
    },
    {
      name: 'rooms-are-entered-by-index',
      severity: 'error',
      from: { path: '^([^/]+)/src/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^([^/]+)/src/[^/]+/.+',
        pathNot: ['^$1/src/$2/', '/index\\.ts$', '^common/src/envoy/gen/'],
      },
    },
    {
      name: 'rooms-are-entered-by-index-from-above',
      severity: 'error',
      from: { path: '^([^/]+)/src/[^/]+$', pathNot: '\\.test\\.ts$' },
      to: { path: '^([^/]+)/src/[^/]+/.+', pathNot: ['/index\\.ts$', '^common/src/envoy/gen/'] },
    },
    {
      name: 'test-helpers-in-tests-only',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$|\\.contract\\.ts$|/testing/|^(e2e|bench)/' },
      to: { path: '^common/src/testing/' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: 'dist',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js'],
    },
  },
};
