import { Router, type Request, type RequestHandler, type Response } from 'express';
import { OFFICIAL_NAMES } from '../api/catalogue/official-names.js';
import type { OperationsView } from '../operations/operations.js';
import { reportText } from '../operations/troubles/report-text.js';
import { packageVersion } from '../package-version.js';
import { safeEqual } from './safe-equal.js';

const REPORT_CONTEXT = {
  version: packageVersion(),
  node: process.version,
  officialName: (path: string) => OFFICIAL_NAMES[path],
};

/**
 * Creates `GET /metrics` for Prometheus. Mount `byOwnKey` before the admin key: METRICS_KEY gives access to this route
 * only; a request with another key goes on. Mount `answer` behind the admin key.
 */
export function metricsRoute(
  operations: Pick<OperationsView, 'metrics'>,
  metricsKey: string | undefined,
): { readonly byOwnKey: RequestHandler; readonly answer: RequestHandler } {
  async function answer(request: Request, response: Response): Promise<void> {
    const { metrics } = operations;
    if (metrics === undefined) {
      response.status(404).json({ error: 'metrics_off', message: 'METRICS=0 turned the metrics off' });
      return;
    }
    const wantsOpenMetrics = request.accepts(['text/plain', 'application/openmetrics-text']);
    const { contentType, text } = await metrics.read(wantsOpenMetrics === 'application/openmetrics-text');
    response.set('content-type', contentType).end(text);
  }
  return {
    answer,
    byOwnKey(request, response, next) {
      const shown = request.headers.authorization ?? '';
      if (metricsKey === undefined || !safeEqual(shown, `Bearer ${metricsKey}`)) return next();
      return answer(request, response);
    },
  };
}

/** Creates the JSON routes for troubles of the last week and for alarms. Mount it behind the key. */
export function operationsRoutes(operations: OperationsView): RequestHandler {
  const router = Router();
  const find = async (id: string) => (await operations.troubles()).find((one) => one.id === id);
  const unknown = (response: Response): void => {
    response.status(404).json({ error: 'trouble_unknown', message: 'there is no such trouble' });
  };
  router.get('/troubles', async (_request, response) => {
    response.json({ troubles: await operations.troubles() });
  });
  router.get('/troubles/:id', async ({ params: { id } }, response) => {
    const trouble = await find(id);
    if (trouble === undefined) unknown(response);
    else response.json(trouble);
  });
  router.get('/troubles/:id/report', async ({ params: { id }, query: { lang } }, response) => {
    const trouble = await find(id);
    if (trouble === undefined) unknown(response);
    else response.json({ id, report: reportText(trouble, lang === 'en' ? 'en' : 'zh', REPORT_CONTEXT) });
  });
  router.get('/alarms', (_request, response) => {
    response.json({ alarms: operations.alarms.inForce() });
  });
  router.post('/alarms/test', async (_request, response) => {
    response.json({ results: await operations.alarms.test() });
  });
  return router;
}
