/** A file that was downloaded from the internet. */
export interface DownloadedFile {
  readonly bytes: Uint8Array;
  /** The Content-Type of the response, if any. */
  readonly contentType: string | undefined;
  readonly fileName: string | undefined;
}

/**
 * Downloads a file from an address that a user may have typed: http and https only, never from this machine or a
 * private network, whatever the name resolves to and wherever it redirects.
 *
 * In:    `timeoutMs`: limit of the whole download, redirects included
 *
 * @throws HttpFailure  `bad-address`: such an address is not fetched from; `too-large`; otherwise no file came
 */
export type PublicDownload = (
  url: string,
  limits: { readonly maxBytes: number; readonly timeoutMs: number; readonly signal?: AbortSignal },
) => Promise<DownloadedFile>;
