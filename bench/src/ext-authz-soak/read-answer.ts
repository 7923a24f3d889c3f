import { fromBinary } from '@bufbuild/protobuf';
import { CheckResponseSchema } from '@paymesh/common/envoy-auth';

/** What the proxy makes of an answer. */
export interface ReadAnswer {
  readonly kind: 'allow' | 'deny';
  /** HTTP status that the client gets; 200 for an allow, 0 for a denial that names none. */
  readonly status: number;
  readonly reason: string;
  /** Undefined: as it must be. Else what is wrong with the answer itself. */
  readonly fault: string | undefined;
}

/** Reads an answer as Envoy does, to whom an absent status is OK. */
export function readAnswer(bytes: Uint8Array): ReadAnswer {
  const { status, httpResponse, dynamicMetadata } = fromBinary(CheckResponseSchema, bytes);
  const told = dynamicMetadata?.['reason'];
  const reason = typeof told === 'string' ? told : '';
  if ((status?.code ?? 0) === 0) {
    const isExplicit = status !== undefined && httpResponse.case === 'okResponse' && reason === 'ok';
    return {
      kind: 'allow',
      status: 200,
      reason,
      fault: isExplicit ? undefined : 'an allow without its word',
    };
  }
  const denied = httpResponse.case === 'deniedResponse' ? (httpResponse.value.status?.code ?? 0) : 0;
  return { kind: 'deny', status: denied, reason, fault: faultOf(denied, reason) };
}

function faultOf(status: number, reason: string): string | undefined {
  if (status < 400) return 'a denial without a status';
  return reason === 'internal_error' || reason === '' ? 'an error inside of the service' : undefined;
}
