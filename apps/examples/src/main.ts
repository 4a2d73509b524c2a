// `pnpm example <name>`

import { GradwerkError, OptionError } from '@gradwerk/core'

/** Measures, draws and writes what the page of the same name in docs/examples shows. */
interface Example {
  run(args: readonly string[]): Promise<void>
}

const examples: Readonly<Record<string, () => Promise<Example>>> = {
  'correlated-features': () => import('./correlated-features/run.ts'),
  'deep-perceptron': () => import('./deep-perceptron/run.ts'),
  'dropout-ensemble': () => import('./dropout-ensemble/run.ts'),
  'house-prices': () => import('./house-prices/run.ts'),
  'learning-rate-range': () => import('./learning-rate-range/run.ts'),
  'random-search': () => import('./random-search/run.ts'),
  'sparse-logistic': () => import('./sparse-logistic/run.ts'),
}

async function main([name = '', ...args]: readonly string[]): Promise<void> {
  const load = Object.hasOwn(examples, name) ? examples[name] : undefined
  if (load === undefined)
    throw new OptionError({
      who: 'example',
      problem: 'no example of that name',
      expected: Object.keys(examples).join(', '),
      got: `'${name}'`,
      hint: 'pnpm example deep-perceptron',
    })
  await (await load()).run(args)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof GradwerkError ? error.message : error)
  process.exitCode = 1
}
