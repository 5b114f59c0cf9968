/** Reasons for a failed login that the page shows. */
export type LoginProblem =
  'return' | 'forged' | 'over' | 'elsewhere' | 'replayed' | 'failed' | 'busy' | 'mend';

const WORDS: Readonly<Record<LoginProblem, { readonly zh: string; readonly en: string }>> = {
  return: {
    zh: '登录后要返回的地址不在允许范围内。',
    en: 'The address to return to after signing in is not allowed.',
  },
  forged: { zh: '这个登录链接不是由本站生成的。', en: 'This sign-in link was not made by this site.' },
  over: { zh: '这次登录已超时，请重新登录。', en: 'This sign-in took too long. Please sign in again.' },
  elsewhere: {
    zh: '这次登录不是在这个浏览器中开始的，请重新登录。',
    en: 'This sign-in was started in another browser. Please sign in again.',
  },
  replayed: {
    zh: '这个登录链接已经用过，请重新登录。',
    en: 'This sign-in link has already been used. Please sign in again.',
  },
  failed: {
    zh: '微信没有接受这次登录，请重新登录。',
    en: 'WeChat did not accept this sign-in. Please try again.',
  },
  busy: { zh: '微信暂时没有响应，请稍后再试。', en: 'WeChat is busy. Please try again in a while.' },
  mend: {
    zh: '登录功能的配置有误，请联系网站管理员。',
    en: 'Sign-in is not set up properly. Please tell the owner of this site.',
  },
};

/** Returns a page that explains the problem in Chinese and English, with a link to go on if there is one. */
export function loginProblemPage(trouble: LoginProblem, login: string | undefined): string {
  const { zh, en } = WORDS[trouble];
  const again =
    login === undefined
      ? ''
      : `<p><a href="${escaped(login)}">重新登录 <span lang="en">Sign in again</span></a></p>`;
  return (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width"><title>微信登录</title></head>' +
    `<body><h1>微信登录</h1><p>${zh}</p><p lang="en">${en}</p>${again}</body></html>`
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
