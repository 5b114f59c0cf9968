/** A file from somewhere on the internet. */
export interface DownloadedFile {
  readonly bytes: Uint8Array;
  /** As the far end says, or undefined. */
  readonly contentType: string | undefined;
  readonly fileName: string | undefined;
}

/**
 * Fetches a file from an address that may have been typed by a user: http and https only, never from this machine or
 * this network, whatever the name resolves to and wherever it redirects.
 *
 * In:    `timeoutMs` for everything, redirects included
 *
 * @throws HttpFailure  `bad-address`: such an address is not fetched from; `too-large`; otherwise no file came
 */
export type PublicDownload = (
  url: string,
  limits: { readonly maxBytes: number; readonly timeoutMs: number; readonly signal?: AbortSignal },
) => Promise<DownloadedFile>;
