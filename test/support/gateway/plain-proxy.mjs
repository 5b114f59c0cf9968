// The least that a proxy can do: every request goes to one address, both bodies are piped. What a gateway costs is measured
// against it.
import http from 'node:http';

const target = new URL(process.argv[2] ?? '');
// Below the five seconds after which a server closes an idle connection.
const agent = new http.Agent({ keepAlive: true, timeout: 2_000 });
const server = http.createServer((request, response) => {
  const { method, url, headers } = request;
  const outgoing = http.request(
    {
      host: target.hostname,
      port: target.port,
      path: target.pathname.replace(/\/$/, '') + url,
      method,
      headers,
      agent,
    },
    (incoming) => {
      response.writeHead(incoming.statusCode ?? 502, incoming.headers);
      incoming.pipe(response);
    },
  );
  outgoing.on('error', () => response.destroy());
  request.pipe(outgoing);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
});
