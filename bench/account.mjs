/** The account of the measured pushes, and the text of every answer; the same for all servers. */
export const account = {
  appId: 'wx1a2b3c4d5e6f7081',
  originalId: 'gh_b52b1f8c3a7d',
  secret: 'benchSecretbenchSecretbenchSecr0',
  token: 'benchToken2026',
  encodingAesKey: 'Qk9jVzdzTmZ4cUwyYUhkR3RSeUU1dU1pUDh2WmswYld',
};

export const ANSWER = '您好，已经收到您的消息，我们会尽快回复。';
