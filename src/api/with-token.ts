import type { AccessToken } from '../protocol/ids.js';
import { ApiRefused } from './api-error.js';
import type { TokenKeeper } from './token-keeper.js';

/**
 * Makes a call with the current or a given token, and once more with the next one if WeChat refuses it.
 *
 * @throws ApiRefused  of class `token-invalid`: the keeper stays with the token, or the next one is refused too
 */
export async function callWithToken<T>(
  tokens: TokenKeeper,
  given: AccessToken | undefined,
  call: (token: AccessToken) => Promise<T>,
): Promise<T> {
  const token = given ?? (await tokens.get());
  try {
    return await call(token);
  } catch (error) {
    if (!(error instanceof ApiRefused) || error.errorClass !== 'token-invalid') throw error;
    await tokens.reject(token, error.errcode);
    const next = await tokens.get();
    if (next === token) throw error;
    return await call(next);
  }
}
