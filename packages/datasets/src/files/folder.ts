// Where data files lie on this machine.

import { homedir } from 'node:os'
import { join } from 'node:path'

/** What the place depends on. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
  readonly home: string
}

/** The environment variable that names the folder of data files. */
export const dataVariable = 'GRADWERK_DATA'

/** The cache folder of the user, by the convention of the operating system. */
export function cacheFolder({ env, platform, home }: Surroundings): string {
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'gradwerk', 'Cache')
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'gradwerk')
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'gradwerk')
}

/**
 * The folders to look in for a dataset's files, in order; downloads go to the last. A folder given by name is taken as it is; in
 * the folder of the environment variable, and in the cache folder, files may lie directly or in a folder named after the dataset.
 */
export function dataFolders(
  dataset: string,
  folder: string | undefined,
  around: Surroundings = { env: process.env, platform: process.platform, home: homedir() },
): readonly [...string[], string] {
  if (folder !== undefined) return [folder]
  const root = around.env[dataVariable] || cacheFolder(around)
  return [root, join(root, dataset)]
}
