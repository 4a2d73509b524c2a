/** `pnpm check:packages`: packs every public package and lets publint and attw judge the tarball. Build first. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publicPackages, repositoryRoot } from './workspaces.ts'

function run(command: string, args: readonly string[], cwd: string): boolean {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) console.error(`${command} ${args.join(' ')}\n${error ?? ''}${stdout}${stderr}`)
  return status === 0
}

/** What must not be in a tarball, whatever its manifest says. */
function strayFiles(tarball: string): string[] {
  const { stdout } = spawnSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .filter((file) => file !== '')
    .filter(
      (file) => !/^package\/(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/.+\.(js|d\.ts|js\.map))$/.test(file),
    )
    .concat(stdout.split('\n').filter((file) => file.includes('.test.')))
}

const destination = mkdtempSync(join(tmpdir(), 'gradwerk-pack-'))
const installed = join(repositoryRoot, 'tools/checks/node_modules/.bin')
const failed: string[] = []
try {
  for (const { folder, manifest } of publicPackages()) {
    const before = new Set(readdirSync(destination))
    let sound = run('pnpm', ['pack', '--pack-destination', destination], folder)
    const tarball = readdirSync(destination).find((file) => !before.has(file))
    if (tarball) {
      const path = join(destination, tarball)
      sound = run(join(installed, 'publint'), ['run', path, '--strict'], destination) && sound
      sound =
        run(join(installed, 'attw'), [path, '--profile', 'esm-only', '--no-color', '--format', 'ascii'], destination) &&
        sound
      const stray = strayFiles(path)
      if (stray.length > 0) console.error(`${manifest.name}: the tarball should not hold ${stray.join(', ')}`)
      sound = stray.length === 0 && sound
    }
    console.log(`${sound ? 'sound ' : 'BROKEN'} ${manifest.name}`)
    if (!sound) failed.push(manifest.name)
  }
} finally {
  rmSync(destination, { recursive: true })
}
process.exitCode = failed.length === 0 ? 0 : 1
