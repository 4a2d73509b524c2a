// `pnpm onnx-cases`: core's ops against the ONNX project's own cases.

import { ort } from '@gradwerk/backend-ort'
import { reference } from '@gradwerk/core'
import { Command } from 'commander'
import { findCases, readCase } from './case.ts'
import { defaultOpsets, opsetList, writeFiles } from './files/command.ts'
import { report } from './report.ts'
import { runCase } from './run-case.ts'
import { count, type Tally, total } from './tally.ts'

async function run({ data }: { readonly data: readonly string[] }): Promise<void> {
  const backends = { reference: reference(), ort: ort({ threads: 1 }) }
  const tally: Tally = new Map()
  for (const folder of data.flatMap(findCases)) {
    const found = readCase(folder)
    count(tally, found.operator, found.name, await runCase(found, backends))
  }
  console.log(report(tally))
  const { run: ran, failures } = total(tally.values())
  process.exitCode = ran > 0 && failures.length === 0 ? 0 : 1
}

const program = new Command('onnx-cases').description(
  "The ONNX project's own cases, and what Python's onnx says of files.",
)
program
  .command('run', { isDefault: true })
  .description("runs the ONNX project's cases through core's ops, on the reference backend and on ONNX Runtime")
  .requiredOption('--data <folders...>', 'folders of cases: /usr/share/libonnx-testdata/data of Debian, for instance')
  .action(run)
program
  .command('files')
  .description(
    'writes every layer and model as a file with data, after comparing them in ONNX Runtime with both backends',
  )
  .requiredOption('--out <folder>', 'where to write; python/check_files.py checks what is there')
  .option('--opsets <list>', 'operator sets', opsetList, defaultOpsets)
  .action(async (options: Parameters<typeof writeFiles>[0]) => {
    process.exitCode = (await writeFiles(options)) === 0 ? 0 : 1
  })
await program.parseAsync()
