import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was asked: the path below `/api/v1/` and the parameters, of the URL or of the form. */
export interface Question {
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly authorization: string | undefined;
}

export interface FakePrometheus {
  readonly url: URL;
  readonly questions: readonly Question[];
  close(): Promise<void>;
}

/** The recorded range, in milliseconds: five moments, five seconds apart. */
export const RECORDED_RANGE = { startMs: 1_795_742_665_000, endMs: 1_795_742_685_000, stepMs: 5_000 };

/** An answer of a real Prometheus 2.42 that scraped itself. */
export function recorded(
  name: 'matrix' | 'vector' | 'scalar' | 'not-numbers' | 'refused' | 'label-values',
): string {
  return readFileSync(new URL(`recorded/${name}.json`, import.meta.url), 'utf8');
}

/** Answers every question with the text that `answer` gives, or as it says itself. */
export async function startFakePrometheus(
  answer: (question: Question, response: ServerResponse) => string | undefined,
): Promise<FakePrometheus> {
  const questions: Question[] = [];
  const server = createServer((request, response) => {
    void questionIn(request).then((question) => {
      questions.push(question);
      const text = answer(question, response);
      if (text === undefined) return;
      response.statusCode = text.includes('"status":"error"') ? 400 : 200;
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    questions,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function questionIn(request: IncomingMessage): Promise<Question> {
  const url = new URL(request.url ?? '/', 'http://prometheus');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  return {
    path: url.pathname.replace('/api/v1/', ''),
    parameters: form.size > 0 ? form : url.searchParams,
    authorization: request.headers.authorization,
  };
}
