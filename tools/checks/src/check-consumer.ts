/**
 * `pnpm check:consumer`: packs every public package, installs the tarballs with npm in an empty folder outside the workspace, checks
 * the types of a program written there, and runs it. Build first.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publicPackages, repositoryRoot } from './workspaces.ts'

const folder = mkdtempSync(join(tmpdir(), 'gradwerk-consumer-'))

function run(command: string, args: readonly string[], cwd: string): void {
  // The settings with which pnpm started this script are not those of a user's npm.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name))
  const env = { ...Object.fromEntries(inherited), ONNXRUNTIME_NODE_INSTALL: 'skip' }
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', env })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${error ?? ''}${stdout}${stderr}`)
  if (stdout.startsWith('kernel norm')) process.stdout.write(stdout)
}

function versionOf(tool: string): string {
  const manifest: unknown = createRequire(import.meta.url)(`${tool}/package.json`)
  return (manifest as { version: string }).version
}

try {
  for (const { folder: source } of publicPackages()) run('pnpm', ['pack', '--pack-destination', folder], source)
  const tarballs = readdirSync(folder).filter((file) => file.endsWith('.tgz'))
  const fileOf = (name: string) => `file:${tarballs.find((file) => new RegExp(`^gradwerk-${name}-\\d`).test(file))}`
  const packages = Object.fromEntries(
    publicPackages().map(({ manifest }) => [manifest.name, fileOf(manifest.name.slice('@gradwerk/'.length))]),
  )
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      name: 'consumer',
      private: true,
      type: 'module',
      dependencies: packages,
      // The packages ask for each other by version, which is not published yet.
      overrides: packages,
      devDependencies: { typescript: versionOf('typescript'), '@types/node': versionOf('@types/node') },
    }),
  )
  copyFileSync(join(repositoryRoot, 'tools/checks/consumer/train.ts'), join(folder, 'train.ts'))
  run('npm', ['install', '--no-audit', '--no-fund'], folder)
  const flags = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node', 'train.ts']
  run('npx', ['tsc', ...flags], folder)
  run(process.execPath, ['train.js'], folder)
} finally {
  rmSync(folder, { recursive: true })
}
