import { generateKeyPairSync } from 'node:crypto';

export interface KeyPair {
  /** PKCS#8 PEM. */
  readonly privatePem: string;
  /** SPKI PEM. */
  readonly publicPem: string;
}

export interface KeyPairs {
  readonly ed25519: KeyPair;
  readonly rsa: KeyPair;
}

/** The servers and the load are processes of their own and must have the same keys: the first makes them, children inherit. */
const VARIABLE = 'PAYMESH_BENCH_KEYS';
const RSA_BITS = 2_048;

/** The pairs of this run. */
export function keyPairs(): KeyPairs {
  const known = process.env[VARIABLE];
  if (known !== undefined) return JSON.parse(known) as KeyPairs;
  const made = {
    ed25519: toPems(generateKeyPairSync('ed25519')),
    rsa: toPems(generateKeyPairSync('rsa', { modulusLength: RSA_BITS })),
  };
  process.env[VARIABLE] = JSON.stringify(made);
  return made;
}

function toPems({ privateKey, publicKey }: ReturnType<typeof generateKeyPairSync>): KeyPair {
  return {
    privatePem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicPem: String(publicKey.export({ type: 'spki', format: 'pem' })),
  };
}
