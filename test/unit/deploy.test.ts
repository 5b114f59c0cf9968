import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { variableNames } from '../../src/config/variables.js';
import { readDockerfile } from '../support/deploy/dockerfile.js';

const read = (path: string): string => readFileSync(path, 'utf8');
const known = new Set<string>(variableNames.flatMap((name) => [name, `${name}_FILE`]));
const unknownIn = (names: readonly string[]): string[] =>
  names.filter((name) => !known.has(name) && !['NODE_ENV', 'NODE_IMAGE'].includes(name));

/** What Compose takes of the fields in use; anything else is a mistake. */
const service = z.strictObject({
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  image: z.string(),
  restart: z.enum(['on-failure', 'always', 'unless-stopped']),
  env_file: z.string().optional(),
  depends_on: z.array(z.string()).optional(),
  secrets: z.array(z.string()).optional(),
  stop_grace_period: z.string().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  ulimits: z.strictObject({ nofile: z.number() }).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  healthcheck: z
    .strictObject({ test: z.array(z.string()), interval: z.string(), timeout: z.string() })
    .optional(),
});
const compose = z.object({
  services: z.record(z.string(), service),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
  volumes: z.record(z.string(), z.null()),
});

describe('given deploy/docker/', () => {
  test('when the Dockerfile is read, then the second stage has no development packages, node is PID 1 and not root', async () => {
    const steps = await readDockerfile('deploy/docker/Dockerfile');
    const last = steps.slice(steps.findLastIndex(({ name }) => name === 'FROM'));
    const textsOf = (wanted: string) => last.filter(({ name }) => name === wanted).map(({ text }) => text);
    expect(textsOf('RUN')).toEqual([expect.stringContaining('npm ci --omit=dev --ignore-scripts')]);
    expect(textsOf('USER')).toEqual(['node']);
    expect(textsOf('CMD')).toEqual([JSON.stringify(['node', 'dist/src/main.js']).replace(',', ', ')]);
    expect(textsOf('HEALTHCHECK')).toHaveLength(1);
    const names = textsOf('ENV').flatMap((text) =>
      [...text.matchAll(/([A-Z_]+)=/g)].map(([, name = '']) => name),
    );
    expect(unknownIn(names)).toEqual([]);
  });

  test('when the compose file is read, then its fields are known, and what it names is there', () => {
    const file = compose.parse(parse(read('deploy/docker/compose.yaml'), { merge: true }));
    expect(Object.keys(file.services)).toEqual(['server', 'worker', 'redis', 'prometheus', 'grafana']);
    for (const { volumes = [], secrets = [], environment = {}, build } of Object.values(file.services)) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('../'))
          expect([source, existsSync(join('deploy/docker', source))]).toEqual([source, true]);
        else if (!source.startsWith('.')) expect(Object.keys(file.volumes)).toContain(source);
      }
      for (const secret of secrets) expect(Object.keys(file.secrets)).toContain(secret);
      expect(unknownIn(Object.keys(environment)).filter((name) => !name.startsWith('GF_'))).toEqual([]);
      if (build !== undefined)
        expect(existsSync(join('deploy/docker', build.context, build.dockerfile))).toBe(true);
    }
    const { command = [] } = file.services['redis'] ?? {};
    expect(command.join(' ')).toContain(
      '--appendonly yes --appendfsync always --maxmemory-policy noeviction',
    );
  });
});

const pod = z.object({
  terminationGracePeriodSeconds: z.number(),
  securityContext: z.object({ runAsNonRoot: z.literal(true) }),
  containers: z.array(
    z.object({
      args: z.array(z.string()),
      livenessProbe: z.object({ httpGet: z.object({ path: z.literal('/healthz') }) }),
      readinessProbe: z.object({ httpGet: z.object({ path: z.literal('/readyz') }) }).optional(),
      volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
    }),
  ),
  volumes: z.array(z.object({ name: z.string() })),
});
const workload = z.object({
  kind: z.literal('StatefulSet'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    replicas: z.number(),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()) }), spec: pod }),
    volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })),
  }),
});

describe('given deploy/kubernetes/', () => {
  const documents = parseAllDocuments(read('deploy/kubernetes/wechat-callback.yaml')).map((one): unknown =>
    one.toJS(),
  );
  const settings = z
    .object({ kind: z.literal('ConfigMap'), data: z.record(z.string(), z.string()) })
    .parse(documents[0]).data;

  test('when the settings are read, then each is one of ours, and secrets are files', () => {
    expect(unknownIn(Object.keys(settings))).toEqual([]);
    expect(
      Object.keys(settings).filter((name) => /SECRET|TOKEN|KEY|URL/.test(name) && !name.endsWith('_FILE')),
    ).toEqual([]);
  });

  test('when the workloads are read, then selectors, mounts and times go together', () => {
    const workloads = documents.flatMap((one) => workload.safeParse(one).data ?? []);
    expect(workloads.map(({ metadata: { name } }) => name)).toEqual([
      'wechat-callback-web',
      'wechat-callback-worker',
    ]);
    expect(workloads[0]?.spec.replicas).toBeGreaterThan(1);
    for (const { spec } of workloads) {
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
      const { containers, volumes, terminationGracePeriodSeconds } = spec.template.spec;
      expect(terminationGracePeriodSeconds).toBeGreaterThan(Number(settings['DRAIN_S']) + 10);
      const names = [
        ...volumes.map(({ name }) => name),
        ...spec.volumeClaimTemplates.map(({ metadata }) => metadata.name),
      ];
      for (const { volumeMounts } of containers)
        for (const { name } of volumeMounts) expect(names).toContain(name);
    }
  });
});

describe('given the unit and the proxies of deploy/', () => {
  test('when the unit is read, then its settings are ours, and a wrong configuration is not started again', () => {
    const unit = read('deploy/systemd/wechat-callback.service');
    const [, settings = ''] = /^Environment=(.*)$/m.exec(unit) ?? [];
    expect(unknownIn([...settings.matchAll(/([A-Z_]+)=/g)].map(([, name = '']) => name))).toEqual([]);
    expect(unit).toContain('RestartPreventExitStatus=78');
    expect(unit).toContain('AmbientCapabilities=CAP_NET_BIND_SERVICE');
  });

  test('when the proxies are read, then they wait longer than WeChat, and take the largest body', () => {
    const [, nginx = ''] = /proxy_read_timeout (\d+)s/.exec(read('deploy/nginx/wechat-callback.conf')) ?? [];
    const [, caddy = ''] = /response_header_timeout (\d+)s/.exec(read('deploy/caddy/Caddyfile')) ?? [];
    expect([Number(nginx), Number(caddy)]).toEqual([7, 7]);
    expect(read('deploy/nginx/wechat-callback.conf')).toContain('client_max_body_size 1m;');
    expect(read('deploy/caddy/Caddyfile')).toContain('max_size 1MB');
  });
});
