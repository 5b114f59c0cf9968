import type { Api } from '../../api/client.js';
import type { UserInfo } from '../../api/catalogue/users.js';
import type { OpenId } from '../../protocol/ids.js';
import type { Progress } from '../progress.js';
import type { ExportFile } from './export-file.js';

const BATCH = 100;

/** Appends the remaining followers to the file, in batches of a hundred. */
export async function exportUsers(
  api: Api,
  file: ExportFile,
  { idsOnly }: { readonly idsOnly: boolean },
  progress: Progress,
): Promise<void> {
  for await (const { items, total } of api.all
    .followers(file.after === '' ? {} : { from: file.after })
    .pages()) {
    const size = idsOnly ? items.length : BATCH;
    for (let start = 0; start < items.length; start += size) {
      const openIds = items.slice(start, start + size);
      await file.append(idsOnly ? openIds.map((openid) => ({ openid })) : await infoOf(api, openIds));
      progress.update(file.count, total);
    }
  }
  await file.finish();
}

async function infoOf(api: Api, openIds: readonly OpenId[]): Promise<readonly UserInfo[]> {
  const user_list = openIds.map((openid) => ({ openid }));
  const { user_info_list: known } = await api.users.batchInfo({ user_list });
  // In the requested order, because the last one is the position of the export.
  const byOpenId = new Map(known.map((user) => [user.openid, user]));
  return openIds.map((openid) => byOpenId.get(openid) ?? { subscribe: 0, openid });
}
