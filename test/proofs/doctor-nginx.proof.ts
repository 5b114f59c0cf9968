import { Nginx } from '../support/doctor/nginx.js';
import { Patient, faultsOf } from '../support/doctor/patient.js';
import type { Proof, ProofPart } from '../support/proof/proof.js';

/** A configuration of nginx as one finds it, and the step that has to name it. `to`: where our server is. */
const CASES: readonly (readonly [what: string, first: string, directives: (to: string) => string])[] = [
  ['it redirects to https', 'url-redirect', () => 'return 301 https://www.example.com$request_uri;'],
  ['it redirects to www', 'url-redirect', () => 'return 302 http://www.example.com$request_uri;'],
  // nginx itself adds the slash where a proxied location ends in one.
  ['it adds a slash', 'url-redirect', (to) => `location /wechat/ { proxy_pass ${to}; }`],
  ['client_max_body_size is 1k', 'body', (to) => `client_max_body_size 1k; location / { proxy_pass ${to}; }`],
  [
    'it drops bodies',
    'body',
    (to) =>
      `location / { proxy_pass ${to}; proxy_pass_request_body off; proxy_set_header Content-Length ""; }`,
  ],
  ['it denies POST', 'body', (to) => `location / { limit_except GET { deny all; } proxy_pass ${to}; }`],
  ['it hands the answer out by drops', 'answer', (to) => `location / { proxy_pass ${to}; limit_rate 5; }`],
  ['it adds a prefix', 'url-path', (to) => `location /wechat { proxy_pass ${to}/api/wechat; }`],
  ['it doubles a slash', 'url-path', (to) => `location /wechat { proxy_pass ${to}//wechat; }`],
  ['it drops the query', 'url-path', (to) => `location / { rewrite ^ /wechat? break; proxy_pass ${to}; }`],
  [
    'a login page answers 200',
    'url-path',
    () => `default_type text/html; return 200 '<form method="post"><input name="password"></form>';`,
  ],
  ['it has no such location', 'url-path', (to) => `location /other { proxy_pass ${to}; }`],
  ['it forwards to where nobody listens', 'url-path', () => 'location / { proxy_pass http://127.0.0.1:1; }'],
  [
    'a maintenance page takes the place of 502',
    'url-path',
    () =>
      `location / { proxy_pass http://127.0.0.1:1; error_page 502 =200 @wait; } location @wait { return 200 'back soon'; }`,
  ],
  ['it closes the connection', 'answer', () => 'return 444;'],
];

/** Buffers of nginx cannot be seen from outside: our answers are short, have a length, and come in one piece. */
const HARMLESS: readonly (readonly [what: string, directives: (to: string) => string])[] = [
  [
    'it buffers requests and answers',
    (to) =>
      `postpone_output 65536; location / { proxy_pass ${to}; proxy_request_buffering on; proxy_buffering on; proxy_buffers 8 64k; }`,
  ],
  [
    'its buffers are tiny, so that a push goes through a file',
    (to) =>
      `client_body_buffer_size 1k; location / { proxy_pass ${to}; proxy_buffer_size 1k; proxy_buffers 2 1k; proxy_busy_buffers_size 1k; }`,
  ],
];

export default {
  about: 'doctor names what a real nginx does wrong, and finds nothing once that is put right.',
  limitMinutes: 5,
  async *run() {
    const nginx = await Nginx.prepare();
    const patient = await Patient.admit();
    const to = `http://127.0.0.1:${patient.env['PORT']}`;
    const plain = `http://127.0.0.1:${nginx.port}/wechat`;
    const right = `location / { proxy_pass ${to}; }`;

    async function judge(what: string, first: string | undefined): Promise<ProofPart> {
      const found = await patient.diagnose();
      const broken =
        found.first === first
          ? []
          : [`${first ?? 'nothing'} is named first, but ${faultsOf(found).join('; ') || 'nothing is'}`];
      const says = found.steps.find(({ id }) => id === found.first)?.says;
      return {
        name: `when ${what}`,
        figures: { first: found.first ?? null, zh: says?.zh, en: says?.en },
        broken,
      };
    }

    try {
      for (const [what, first, directives] of CASES) {
        patient.url = plain;
        await nginx.run(directives(to));
        yield await judge(what, first);
        await nginx.run(right);
        yield await judge(`${what}, and that is put right`, undefined);
      }
      patient.url = plain;
      for (const [what, directives] of HARMLESS) {
        await nginx.run(directives(to));
        yield await judge(what, undefined);
      }
      patient.url = `https://localhost:${nginx.tlsPort}/wechat`;
      yield await judge('its certificate is self-signed', 'url-tls');
      patient.url = `https://127.0.0.1:${nginx.port}/wechat`;
      yield await judge('https is asked of its http port', 'url-tls');
    } finally {
      await nginx.stop();
      await patient.discharge();
    }
  },
} satisfies Proof;
