import type { SandboxState } from '../sandbox-state.js';
import type { Fault } from '../types/types.js';
import { type ApiAnswer, type ApiRequest, type Endpoint, Refusal, RIGHTS } from './endpoint.js';
import { dailyLimit, ENDPOINTS } from './endpoints.js';
import { newRid } from './rid.js';

/** A response of the API before serialization. */
export interface Answered {
  readonly answer: ApiAnswer;
  readonly errcode: number;
  readonly rid?: string;
}

/** Answers a call as WeChat does: checks address, method, token, permission and quota, then makes the call. */
export function answerCall(request: ApiRequest, state: SandboxState, faults: readonly Fault[]): Answered {
  try {
    const endpoint = endpointOf(request);
    faultyRefusal(request, faults, endpoint);
    if (endpoint.token !== false) checkToken(request, state);
    if (endpoint.right !== undefined && !RIGHTS[state.account().kind].includes(endpoint.right)) {
      throw new Refusal(48001);
    }
    if (!request.path.startsWith('/sns/') && endpoint.daily !== undefined) {
      const spent = state.quotas.spend(endpoint.path, dailyLimit(endpoint, state), endpoint.perMinute);
      if (spent !== 0) throw new Refusal(spent);
    }
    const result = endpoint.handle(request, state);
    return { answer: isAnswer(result) ? result : { json: result }, errcode: 0 };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const rid = newRid(state.clock.now());
    // The user-level calls put a comma before the tail.
    const tail = request.path.startsWith('/sns/') ? `, rid: ${rid}` : ` rid: ${rid}`;
    const json = { errcode: error.errcode, errmsg: `${error.message}${tail}`, ...error.more };
    return { answer: { json }, errcode: error.errcode, rid };
  }
}

function isAnswer(result: object): result is ApiAnswer {
  return ['json', 'file', 'html', 'redirect'].some((name) => name in result) || isStatus(result);
}

function isStatus(result: object): boolean {
  return 'status' in result && typeof result.status === 'number' && Object.keys(result).length === 1;
}

function endpointOf({ path, method }: ApiRequest): Endpoint {
  const endpoint = ENDPOINTS.get(path);
  if (endpoint === undefined) throw new Refusal(40066);
  if (endpoint.method !== 'ANY' && endpoint.method !== method) {
    throw new Refusal(endpoint.method === 'GET' ? 43001 : 43002);
  }
  return endpoint;
}

const MORE_AT =
  'invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r';

function checkToken({ query }: ApiRequest, state: SandboxState): void {
  const token = query['access_token'] ?? '';
  if (token === '') throw new Refusal(41001);
  const refused = state.tokens.check(token);
  if (refused === 40001) throw new Refusal(40001, MORE_AT);
  if (refused !== 0) throw new Refusal(refused);
}

/** Throws the refusal of a simulated fault. */
function faultyRefusal({ clientIp }: ApiRequest, faults: readonly Fault[], endpoint: Endpoint): void {
  for (const fault of faults) {
    switch (fault.kind) {
      case 'errcode':
        throw new Refusal(fault.errcode ?? -1, fault.errmsg);
      case 'token-invalid':
        if (endpoint.token !== false) throw new Refusal(40001, MORE_AT);
        break;
      case 'ip-not-whitelisted':
        throw new Refusal(40164, `invalid ip ${clientIp} ipv6 ::ffff:${clientIp}, not in whitelist`);
      case 'quota-spent':
        throw new Refusal(45009);
      case 'window-closed':
        throw new Refusal(45015);
      case 'no-permission':
        throw new Refusal(48001);
      default:
        break; // faults of the connection, not of the response
    }
  }
}
