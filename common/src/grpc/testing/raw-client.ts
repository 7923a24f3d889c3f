import { Client, credentials, type ServiceError } from '@grpc/grpc-js';

/** A grpc-js client that sends and gets bytes. */
export interface RawClient {
  /** Rejects with a ServiceError when the answer is a status. Default deadline: in 5 s. */
  call(path: string, message: Uint8Array, deadlineMs?: number): Promise<Buffer>;
  /** Gathers the messages of an answer that goes on, and how it ended. */
  watch(path: string, message: Uint8Array): { readonly messages: Buffer[]; readonly ended: Promise<number> };
  close(): void;
}

const DEADLINE_MS = 5_000;
const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
const asIs = (bytes: Buffer): Buffer => bytes;

/** A client of `HOST:PORT`. */
export function rawClient(address: string): RawClient {
  const client = new Client(address, credentials.createInsecure());
  return {
    call: (path, message, deadlineMs = DEADLINE_MS) =>
      new Promise((resolve, reject) => {
        const deadline = Date.now() + deadlineMs;
        client.makeUnaryRequest(
          path,
          asBuffer,
          asIs,
          message,
          { deadline },
          (error: ServiceError | null, response) => {
            if (response === undefined) reject(error ?? new Error('neither error nor response'));
            else resolve(response);
          },
        );
      }),
    watch: (path, message) => {
      const messages: Buffer[] = [];
      const stream = client.makeServerStreamRequest(path, asBuffer, asIs, message);
      stream.on('data', (bytes: Buffer) => messages.push(bytes));
      const ended = new Promise<number>((resolve) => {
        stream.on('error', (error: ServiceError) => resolve(error.code));
        stream.on('end', () => resolve(0));
      });
      return { messages, ended };
    },
    close: () => client.close(),
  };
}
