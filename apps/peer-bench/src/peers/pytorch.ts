// PyTorch, where a Python has it.

import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { jobArguments, startContestant } from './contestant-process.ts'
import type { Installation, Peer } from './peer.ts'

const script = fileURLToPath(new URL('./pytorch.py', import.meta.url))
const run = promisify(execFile)

/** What pytorch.py --describe tells. */
export interface Description {
  readonly torch: string
  readonly python: string
  /** The version of oneDNN, or false where it is not used. */
  readonly mkldnn: string | false
  readonly mkl: boolean
  readonly openmp: boolean
  /** The instruction set of torch's own kernels. */
  readonly capability: string | null
  /** The library that multiplies matrices. */
  readonly blas: string
}

const descriptionSchema: z.ZodType<Description> = z.object({
  torch: z.string(),
  python: z.string(),
  mkldnn: z.union([z.string(), z.literal(false)]),
  mkl: z.boolean(),
  openmp: z.boolean(),
  capability: z.string().nullable(),
  blas: z.string(),
})

/** Every python3 on the path: the first one need not be the one that has PyTorch. */
async function pythons({ PATH = '' }: NodeJS.ProcessEnv): Promise<string[]> {
  const files = PATH.split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'python3'))
  const found = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => [file],
        () => [],
      ),
    ),
  )
  return [...new Set(found.flat())]
}

async function describe(python: string, environment: NodeJS.ProcessEnv): Promise<Description | undefined> {
  try {
    const { stdout } = await run(python, [script, '--describe'], { env: environment, timeout: 120_000 })
    return descriptionSchema.parse(JSON.parse(stdout))
  } catch {
    // No such file, no torch in it, or one that does not load: not a PyTorch to measure.
    return undefined
  }
}

export function buildOf({ torch, python, mkldnn, mkl, openmp, capability, blas }: Description): string {
  return [
    `PyTorch ${torch}`,
    mkldnn === false ? 'without oneDNN' : `oneDNN ${mkldnn}`,
    ...(mkl ? ['MKL'] : []),
    `BLAS ${blas}`,
    capability === null ? 'unknown kernels' : `${capability} kernels`,
    openmp ? 'OpenMP' : 'no OpenMP',
    `Python ${python}`,
  ].join(', ')
}

export function warningsOf({ blas }: Pick<Description, 'blas'>): string[] {
  if (!blas.startsWith('libblas')) return []
  return [
    `PyTorch multiplies with the reference BLAS (${blas}), which is an order of magnitude slower than OpenBLAS: install libopenblas0-pthread for a fair comparison.`,
  ]
}

/** Libraries read the number of threads when they are loaded. OpenMP's threads must not spin while others compute. */
function threadEnvironment(environment: NodeJS.ProcessEnv, threads: number): NodeJS.ProcessEnv {
  const count = String(threads)
  return {
    ...environment,
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    OMP_WAIT_POLICY: 'PASSIVE',
  }
}

export const pytorch: Peer = {
  name: 'pytorch',
  async find(environment): Promise<Installation | string> {
    const { GRADWERK_PYTHON: chosen } = environment
    for (const python of chosen === undefined ? await pythons(environment) : [chosen]) {
      const description = await describe(python, environment)
      if (description === undefined) continue
      return {
        build: buildOf(description),
        warnings: warningsOf(description),
        start: (job) =>
          startContestant({
            name: 'pytorch',
            file: python,
            args: [script, ...jobArguments(job)],
            environment: threadEnvironment(environment, job.threads),
          }),
      }
    }
    return chosen === undefined
      ? 'No python3 with PyTorch is on the PATH (GRADWERK_PYTHON names another one), so only gradwerk is measured.'
      : `GRADWERK_PYTHON names ${chosen}, which is no Python with PyTorch, so only gradwerk is measured.`
  },
}
