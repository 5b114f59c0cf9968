import { disk } from '../../../src/adapters/file/file-system.js';
import type { AppendFile, FileSystem } from '../../../src/adapters/file/file-system.js';

/** One step on the disk, as a test sees it: `sync 0000000001.journal`. */
export type Step =
  `${'create' | 'write' | 'sync' | 'rename' | 'remove' | 'truncate' | 'syncFolder'} ${string}`;

/** The disk, with every changing step noted first and failed where `fails` says so. */
export function watchedFiles(fails: (step: Step, count: number) => boolean = () => false) {
  const steps: Step[] = [];
  const onStep = (step: Step) => {
    steps.push(step);
    if (fails(step, steps.length)) throw new Error(`${step} failed, as the test wanted`);
  };
  const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

  const files: FileSystem = {
    makeFolder: (path) => disk.makeFolder(path),
    list: (folder) => disk.list(folder),
    read: (path) => disk.read(path),
    size: (path) => disk.size(path),
    async create(path) {
      onStep(`create ${nameOf(path)}`);
      const file = await disk.create(path);
      return {
        async write(bytes) {
          try {
            onStep(`write ${nameOf(path)}`);
          } catch (error) {
            await file.write(bytes.subarray(0, bytes.length >> 1)); // torn, as a full disk leaves it
            throw error;
          }
          await file.write(bytes);
        },
        async sync() {
          onStep(`sync ${nameOf(path)}`);
          await file.sync();
        },
        close: () => file.close(),
      } satisfies AppendFile;
    },
    async truncate(path, size) {
      onStep(`truncate ${nameOf(path)}`);
      await disk.truncate(path, size);
    },
    async rename(from, to) {
      onStep(`rename ${nameOf(to)}`);
      await disk.rename(from, to);
    },
    async remove(path) {
      onStep(`remove ${nameOf(path)}`);
      await disk.remove(path);
    },
    async syncFolder(folder) {
      onStep('syncFolder .');
      await disk.syncFolder(folder);
    },
  };
  return { files, steps, count: (start: string) => steps.filter((step) => step.startsWith(start)).length };
}

/** The disk without its syncs: for thousands of starts that no power loss will meet. */
export const unsynced: FileSystem = {
  ...disk,
  create: async (path) => ({ ...(await disk.create(path)), sync: async () => {} }),
  syncFolder: async () => {},
};
