import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { OperationsView } from '../operations/operations.js';
import { safeEqual } from './safe-equal.js';

/**
 * `GET /metrics` for Prometheus. To be mounted before the key of the admin listener: METRICS_KEY opens this route and
 * nothing else. Without a metrics key, or with another one, the request goes on to the admin key.
 */
export function metricsRoute(
  { metrics }: Pick<OperationsView, 'metrics'>,
  metricsKey: string | undefined,
): { readonly byOwnKey: RequestHandler; readonly behindAdminKey: RequestHandler } {
  async function answer(request: Request, response: Response): Promise<void> {
    if (metrics === undefined) {
      response.status(404).json({ error: 'metrics_off', message: 'METRICS=0 turned the metrics off' });
      return;
    }
    const wantsOpenMetrics = request.accepts(['text/plain', 'application/openmetrics-text']);
    const { contentType, text } = await metrics.read(wantsOpenMetrics === 'application/openmetrics-text');
    response.set('content-type', contentType).end(text);
  }
  const router = Router();
  router.get('/metrics', (request, response, next) => {
    const shown = request.headers.authorization ?? '';
    if (metricsKey === undefined || !safeEqual(shown, `Bearer ${metricsKey}`)) next();
    else answer(request, response).catch(next);
  });
  const behind = Router();
  behind.get('/metrics', (request, response, next) => {
    answer(request, response).catch(next);
  });
  return { byOwnKey: router, behindAdminKey: behind };
}

/** The troubles of the last week and the alarms, as JSON. To be mounted behind the key. */
export function operationsRoutes(operations: OperationsView): RequestHandler {
  const router = Router();
  router.get('/troubles', async (_request, response) => {
    response.json({ troubles: await operations.troubles() });
  });
  router.get('/troubles/:id', async ({ params: { id } }, response) => {
    const trouble = (await operations.troubles()).find((one) => one.id === id);
    if (trouble === undefined)
      response.status(404).json({ error: 'trouble_unknown', message: 'there is no such trouble' });
    else response.json(trouble);
  });
  router.get('/alarms', (_request, response) => {
    response.json({ alarms: operations.alarms.inForce() });
  });
  router.post('/alarms/test', async (_request, response) => {
    response.json({ results: await operations.alarms.test() });
  });
  return router;
}
