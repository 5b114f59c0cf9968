import type { Facts } from '../facts.js';
import { fault, ok, skipped, warning, type Finding } from '../step.js';
import { settingsSkipped, earlier } from './not-seen.js';

export function judgeName({ url }: Facts): Finding {
  if (url === undefined) return settingsSkipped;
  const { host, nameError, addresses = [] } = url;
  if (nameError === undefined)
    return ok(`${host} → ${addresses.join(', ')}`, `${host} → ${addresses.join(', ')}`);
  return fault(
    {
      zh: `域名 ${host} 解析不了（${nameError}）`,
      en: `the host name ${host} does not resolve (${nameError})`,
    },
    {
      zh: '核对域名拼写和 DNS 记录；新记录要等生效；国内域名还要确认没有因备案被暂停解析',
      en: 'compare spelling and DNS records; a new record takes a while; check whether the domain was suspended',
    },
  );
}

export function judgeConnect({ url }: Facts): Finding {
  if (url === undefined) return settingsSkipped;
  const { host, port, nameError, connectError } = url;
  if (nameError !== undefined) return earlier;
  if (connectError === undefined) return ok(`${host}:${port} 连得上`, `${host}:${port} can be reached`);
  return fault(
    {
      zh: `${host}:${port} 连不上（${connectError}）`,
      en: `no connection to ${host}:${port} (${connectError})`,
    },
    {
      zh: '放行云服务器安全组和防火墙的这个端口；确认代理（nginx 等）在监听；微信 3 秒内连不上就算失败',
      en: 'open the port in the security group and firewall; check that the proxy is listening; WeChat gives up after 3 s',
    },
  );
}

export function judgeTls({ url }: Facts): Finding {
  if (url === undefined) return settingsSkipped;
  const { isTls, tls, nameError, connectError } = url;
  if (nameError !== undefined || connectError !== undefined) return earlier;
  if (!isTls) return skipped('http 地址，没有证书', 'the URL is http: there is no certificate');
  if (tls?.error !== undefined)
    return fault(
      { zh: `证书不被信任（${tls.error}）`, en: `the certificate is not trusted (${tls.error})` },
      tlsCure(tls.error),
    );
  const daysLeft = tls?.daysLeft ?? 0;
  if (daysLeft < 14)
    return warning(
      { zh: `证书还有 ${daysLeft} 天到期`, en: `the certificate expires in ${daysLeft} days` },
      { zh: '续期，并确认自动续期在工作', en: 'renew it, and check that automatic renewal works' },
    );
  return ok(`证书有效，还有 ${daysLeft} 天`, `the certificate is good for ${daysLeft} days`);
}

function tlsCure(error: string): { zh: string; en: string } {
  if (error.includes('EXPIRED'))
    return { zh: '证书已过期：续期后重载代理', en: 'it has expired: renew it, then reload the proxy' };
  if (error.includes('ALTNAME'))
    return {
      zh: '证书不是发给这个域名的：换成包含它的证书',
      en: 'it was issued for other names: use one that includes this name',
    };
  if (error.includes('LEAF') || error.includes('ISSUER'))
    return {
      zh: '证书链不完整：代理要配置 fullchain（服务器证书加中间证书）',
      en: 'the chain is incomplete: give the proxy the full chain, with the intermediate certificates',
    };
  if (error.includes('SELF_SIGNED'))
    return {
      zh: '自签证书微信不认：换成公共 CA 签发的',
      en: 'WeChat does not accept self-signed certificates: use one from a public CA',
    };
  return {
    zh: '这个端口没有正常的 TLS：确认 443 上是 https，不是 http 或别的协议',
    en: 'the port does not speak proper TLS: check that it serves https, not plain http',
  };
}

export function judgePort({ url }: Facts): Finding {
  if (url === undefined) return settingsSkipped;
  const { port, isLocal, from } = url;
  if (isLocal)
    return warning(
      from === 'listener'
        ? {
            zh: `不知道公网地址，只测了本机的 ${url.url}`,
            en: `no public URL is known: only ${url.url} on this machine was tried`,
          }
        : {
            zh: `${url.url} 只有本机能访问，微信访问不到`,
            en: `${url.url} is reachable from this machine only, not from WeChat`,
          },
      {
        zh: '用 doctor --url 公众号后台里填的 URL 再测一次，或设置 PUBLIC_URL',
        en: 'run doctor --url with the URL of the console, or set PUBLIC_URL',
      },
    );
  if (port === 80 || port === 443) return ok(`端口 ${port}`, `port ${port}`);
  return fault(
    {
      zh: `端口 ${port}：微信只支持 80（http）和 443（https）`,
      en: `port ${port}: WeChat only calls 80 (http) and 443 (https)`,
    },
    {
      zh: '让 80 或 443 上的代理转发到这个端口，公众号后台里的 URL 不写端口',
      en: 'let a proxy at 80 or 443 forward to this port, and write the URL without a port in the console',
    },
  );
}
