import {
  httpResponse,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
} from '../../../src/ports/http-client.js';

/** Answers by function, remembers what was asked. A function that throws stands for a broken connection. */
export function stubHttp(answer: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>) {
  const asked: HttpRequest[] = [];
  const http: HttpClient = async (request) => {
    asked.push(request);
    return answer(request);
  };
  return { http, asked };
}

export const json = (body: unknown, status = 200): HttpResponse => httpResponse(status, JSON.stringify(body));
