// Generates the Envoy v3 types into common/src/envoy/gen from the protos inside
// @grpc/grpc-js-xds: stage them beside our own, add the newer fields, generate.
// Skips everything when the inputs have not changed since the last run.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const deps = join(root, 'node_modules/@grpc/grpc-js-xds/deps');
const own = join(root, 'common/proto');
const out = join(root, 'common/src/envoy/gen');
const work = join(root, '.generated');
const stamp = join(out, '.stamp');

/** What Paymesh speaks and emits; what these import comes along. */
const ENTRIES = [
  'validate/validate.proto',
  'envoy/config/cluster/v3/cluster.proto',
  'envoy/config/endpoint/v3/endpoint.proto',
  'envoy/config/listener/v3/listener.proto',
  'envoy/config/route/v3/route.proto',
  'envoy/config/trace/v3/opentelemetry.proto',
  'envoy/extensions/access_loggers/file/v3/file.proto',
  'envoy/extensions/access_loggers/stream/v3/stream.proto',
  'envoy/extensions/filters/http/ext_authz/v3/ext_authz.proto',
  'envoy/extensions/filters/http/header_mutation/v3/header_mutation.proto',
  'envoy/extensions/filters/http/health_check/v3/health_check.proto',
  'envoy/extensions/filters/http/jwt_authn/v3/config.proto',
  'envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit.proto',
  'envoy/extensions/filters/http/rate_limit_quota/v3/rate_limit_quota.proto',
  'envoy/extensions/filters/http/ratelimit/v3/rate_limit.proto',
  'envoy/extensions/filters/http/rbac/v3/rbac.proto',
  'envoy/extensions/filters/http/router/v3/router.proto',
  'envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto',
  'envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation.proto',
  'envoy/extensions/retry/host/previous_hosts/v3/previous_hosts.proto',
  'envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config.proto',
  'envoy/extensions/router/cluster_specifiers/matcher/v3/matcher.proto',
  'envoy/extensions/transport_sockets/tls/v3/tls.proto',
  'envoy/extensions/upstreams/http/v3/http_protocol_options.proto',
  'envoy/service/auth/v3/external_auth.proto',
  'envoy/service/discovery/v3/ads.proto',
  'envoy/service/rate_limit_quota/v3/rlqs.proto',
  'envoy/service/ratelimit/v3/rls.proto',
  'envoy/type/matcher/v3/http_inputs.proto',
  'google/rpc/code.proto',
  'paymesh/config/v1/policy_set.proto',
  'tests/harness/cases/bool.proto',
  'tests/harness/cases/bytes.proto',
  'tests/harness/cases/enums.proto',
  'tests/harness/cases/kitchen_sink.proto',
  'tests/harness/cases/maps.proto',
  'tests/harness/cases/messages.proto',
  'tests/harness/cases/numbers.proto',
  'tests/harness/cases/oneofs.proto',
  'tests/harness/cases/repeated.proto',
  'tests/harness/cases/strings.proto',
  'tests/harness/cases/wkt_any.proto',
  'tests/harness/cases/wkt_duration.proto',
  'tests/harness/cases/wkt_timestamp.proto',
  'tests/harness/cases/wkt_wrappers.proto',
];

const version = inputsHash();
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) process.exit(0);
console.error('generating Envoy types (about 10 s, only when their inputs change)');
rmSync(stamp, { force: true }); // What is made from here on is not whole until it is written again.
stage();
const image = await addNewerFields();
generate(image);
writeFileSync(stamp, version);

function inputsHash() {
  const hash = createHash('sha256');
  const files = [
    fileURLToPath(import.meta.url),
    join(own, 'additions.json'),
    join(own, 'validate/validate.proto'),
    join(own, 'envoy/extensions/router/cluster_specifiers/matcher/v3/matcher.proto'),
    join(own, 'paymesh/config/v1/policy_set.proto'),
    join(root, 'node_modules/@grpc/grpc-js-xds/package.json'),
    join(root, 'node_modules/@bufbuild/protoc-gen-es/package.json'),
  ];
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function stage() {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, 'proto'), { recursive: true });
  for (const dir of ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate']) {
    cpSync(join(deps, dir), join(work, 'proto'), { recursive: true });
  }
  cpSync(join(own, 'validate'), join(work, 'proto/validate'), { recursive: true });
  cpSync(join(own, 'envoy'), join(work, 'proto/envoy'), { recursive: true });
  cpSync(join(own, 'paymesh'), join(work, 'proto/paymesh'), { recursive: true });
  writeFileSync(join(work, 'proto/buf.yaml'), 'version: v1\n');
  writeFileSync(
    join(work, 'buf.gen.yaml'),
    [
      'version: v2',
      'clean: true',
      'plugins:',
      '  - local: protoc-gen-es',
      `    out: ${JSON.stringify(out)}`,
      '    opt: [target=ts, import_extension=ts, erasable_syntax=true]',
      '    include_imports: true',
      '',
    ].join('\n'),
  );
}

async function addNewerFields() {
  const built = join(work, 'image.binpb');
  const patched = join(work, 'image-patched.binpb');
  buf(['build', 'proto', '-o', built, ...ENTRIES.flatMap((entry) => ['--path', join('proto', entry)])]);
  const { patchDescriptors } = await import('./patch-descriptors.mjs');
  const table = JSON.parse(readFileSync(join(own, 'additions.json'), 'utf8'));
  writeFileSync(patched, patchDescriptors(readFileSync(built), table));
  return patched;
}

function generate(image) {
  mkdirSync(out, { recursive: true });
  buf(['generate', image, '--template', 'buf.gen.yaml', '--include-imports']);
}

function buf(args) {
  const bin = join(root, 'node_modules/.bin');
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const run = spawnSync(join(bin, 'buf'), args, { cwd: work, env, encoding: 'utf8' });
  if (run.status !== 0) {
    console.error(`buf ${args[0]} failed:\n${run.stderr || run.error}`);
    process.exit(1);
  }
}
