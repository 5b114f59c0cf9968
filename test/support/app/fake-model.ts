import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { portOf } from '../processes/port-of.js';

/** A request that the endpoint got. */
export interface Asked {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: { readonly model: string; readonly stream: boolean; readonly messages: readonly unknown[] };
}

export interface FakeModel {
  readonly baseUrl: string;
  readonly asked: readonly Asked[];
  /** Number of answers that the client aborted. */
  readonly brokenOff: number;
  stop(): Promise<void>;
}

/** Answers a request in full; `asked` counts from 0. */
export type Answering = (response: ServerResponse, asked: number) => Promise<void> | void;

/** An endpoint of the OpenAI shape on loopback. */
export async function startFakeModel(answer: Answering): Promise<FakeModel> {
  const asked: Asked[] = [];
  let brokenOff = 0;
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { url: path, headers } = request;
      const body: Asked['body'] = JSON.parse(Buffer.concat(pieces).toString());
      asked.push({ path, authorization: headers.authorization, body });
      void answer(response, asked.length - 1);
    });
    response.on('close', () => {
      if (!response.writableFinished) brokenOff += 1;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${portOf(server)}/v1/`,
    asked,
    get brokenOff() {
      return brokenOff;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A chunk of an answer, as an event. */
export const chunk = (delta: object, finishReason: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;

/** A piece of an answer's text, as an event. */
export const event = (content: string | null): string => chunk({ content });

export const DONE = 'data: [DONE]\n\n';

export const asEventStream = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });

/** Answers with these events and says that it is done. */
export const answerStream =
  (...events: readonly string[]): Answering =>
  (response) =>
    void asEventStream(response).end(events.join('') + DONE);

/** Answers with one body under one content type. */
export const answerWhole =
  (body: string, type = 'application/json'): Answering =>
  (response) =>
    void response.writeHead(200, { 'content-type': type }).end(body);
