// `pnpm peers`: step times side by side with other frameworks.

import { main } from './cli.ts'

// Contestants end with their input.
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

process.exitCode = await main(process.argv.slice(2), {
  environment: process.env,
  print: (text) => console.log(text),
  note: (text) => console.error(text),
})
