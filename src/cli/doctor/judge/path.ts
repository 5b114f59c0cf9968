import { reasonOf, answerOf, lostQuery } from '../callback-answers.js';
import { usable, type Facts } from '../facts.js';
import { fault, ok, type Finding } from '../step.js';
import { settingsSkipped, earlier } from './not-seen.js';
import { REDIRECTS } from './redirect.js';

export function judgePath(facts: Facts): Finding {
  const { url, callback } = facts;
  const configured = usable(facts);
  if (url === undefined || configured === undefined) return settingsSkipped;
  if (callback === undefined) return earlier;
  const answer = answerOf(callback.handshake);
  if (answer === undefined) return earlier; // `answer` says so
  const { status, text, headers } = answer;
  if (REDIRECTS.has(status) || headers['content-encoding'] !== undefined) return earlier;
  const { path } = configured.account;
  const reason = reasonOf(facts, callback.handshake);
  if (reason === 'wrong_path' || (status === 404 && text === 'not found\n'))
    return fault(
      {
        zh: `路径不对：服务的回调路径是 ${path}`,
        en: `the path is wrong: the callback of the server is ${path}`,
      },
      {
        zh: `公众号后台里的 URL 以 ${path} 结尾（区分大小写，注意斜杠）；代理若加了前缀，去掉前缀再转发，或改 CALLBACK_PATH`,
        en: `end the URL in the console with ${path} (letter case and slashes count); if a proxy adds a prefix, strip it, or change CALLBACK_PATH`,
      },
    );
  if (reason === 'signature_missing' || lostQuery(facts))
    return fault(
      { zh: '请求到了服务，但地址里的参数丢了', en: 'the request reaches the server without its query' },
      {
        zh: '代理转发时要带上查询串（nginx 用 proxy_pass 不要改写掉 $args）',
        en: 'the proxy has to pass the query on (nginx: no rewrite that drops $args)',
      },
    );
  if ((status === 200 && text.includes(callback.echo)) || (status === 403 && text === ''))
    return ok('路径正确', 'the path is right');
  return fault({ zh: saysZh(status), en: saysEn(status) }, pageCure(status));
}

const saysZh = (status: number): string =>
  status === 200 ? '应答的是另一个网页（状态 200，没有回显 echostr）' : `应答的不是本服务，状态 ${status}`;
const saysEn = (status: number): string =>
  status === 200
    ? 'another page answers (status 200, without the echostr)'
    : `something else than this server answers, with status ${status}`;

function pageCure(status: number): { zh: string; en: string } {
  if (status === 502 || status === 503 || status === 504)
    return {
      zh: '代理连不上本服务：核对它转发的地址和端口（PORT），以及服务是否在运行',
      en: 'the proxy cannot reach the server: compare the address and port it forwards to with PORT; is the server running?',
    };
  if (status === 401 || status === 403 || status === 405)
    return {
      zh: '代理、WAF 或登录保护拦下了请求：对回调路径放行，不要登录，允许 GET 和 POST',
      en: 'a proxy, firewall or login blocks the request: let GET and POST through to the callback path, without login',
    };
  return {
    zh: '核对 URL 的路径和代理的转发规则；登录页、默认首页、缓存页都不行，回调路径要原样转发到本服务',
    en: 'compare the path with the rules of the proxy: no login, default or cached page; forward the callback path as it is',
  };
}
