import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cacheFolder, dataFolders } from './folder.ts'

const home = join('home', 'ada')

test.each([
  ['linux', {}, join(home, '.cache', 'gradwerk')],
  ['linux', { XDG_CACHE_HOME: 'caches' }, join('caches', 'gradwerk')],
  ['linux', { XDG_CACHE_HOME: '' }, join(home, '.cache', 'gradwerk')],
  ['darwin', { XDG_CACHE_HOME: 'caches' }, join(home, 'Library', 'Caches', 'gradwerk')],
  ['win32', { LOCALAPPDATA: 'local' }, join('local', 'gradwerk', 'Cache')],
  ['win32', {}, join(home, 'AppData', 'Local', 'gradwerk', 'Cache')],
])('the cache folder on %s with %o', (platform, env, folder) => {
  expect(cacheFolder({ platform, env, home })).toBe(folder)
})

test('the option comes before the variable, the variable before the cache', () => {
  const around = { platform: 'linux', home, env: { GRADWERK_DATA: 'data' } }
  expect(dataFolders('mnist', 'mine', around)).toEqual(['mine'])
  expect(dataFolders('mnist', undefined, around)).toEqual(['data', join('data', 'mnist')])
  const cache = join(home, '.cache', 'gradwerk')
  expect(dataFolders('mnist', undefined, { ...around, env: { GRADWERK_DATA: '' } })).toEqual([
    cache,
    join(cache, 'mnist'),
  ])
})
